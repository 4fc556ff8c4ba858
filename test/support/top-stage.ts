/** For tests of the view: facts to draw, and a terminal that remembers what was written. */
import { asRevision, asTimeMs, type Entry } from '../../src/core/index.ts';
import {
  agentId,
  agentView,
  lockView,
  scopePath,
  statusAnswer,
  waiterView,
} from '../../src/cli/testing/samples.ts';
import { startMs } from '../../src/cli/testing/harness.ts';
import type { StatusAnswer } from '../../src/protocol/index.ts';
import { lineText } from '../../src/top/line.ts';
import { frame } from '../../src/top/frame.ts';
import { newModel, type Facts, type Model, type Size } from '../../src/top/model.ts';
import type { Key, Screen, ScreenEvents, Words } from '../../src/top/ports.ts';

export { startMs };

const ago = (ms: number) => asTimeMs(startMs - ms);
const inMs = (ms: number) => asTimeMs(startMs + ms);

/** Told apart from what the command line says, and as wide as it is asked to be. */
export const words: Words = {
  story: ({ subject, happened }, columns) =>
    [`the story of ${JSON.stringify(subject)}`, ...happened.map((event) => `@${event.revision}`)].map(
      (text) => text.slice(0, columns),
    ),
};

export const lostErin: Entry = {
  revision: asRevision(1190),
  atMs: ago(150_000),
  kind: 'ExpireDue',
  agent: null,
  by: null,
  requestId: null,
  events: [
    { kind: 'agent.lost', agent: agentId('erin'), held: [scopePath('services/shop')] },
    {
      kind: 'lock.expired',
      agent: agentId('erin'),
      scope: scopePath('services/shop'),
      token: asRevision(1100),
    },
  ],
  result: { kind: 'expired', count: 2 } as never,
};

const auth = scopePath('services/auth');
const login = scopePath('services/auth/login.ts');

/** Three work, one of them has two files; one waits for what alice has; one was lost. */
const busyStatus: StatusAnswer = statusAnswer({
  revision: asRevision(1204),
  agents: [
    agentView({ agent: agentId('alice'), held: [login, scopePath('services/auth/mail.ts')], metadata: {} }),
    agentView({
      agent: agentId('bob'),
      status: 'blocked',
      held: [],
      metadata: {},
      blockedReason: 'waits for services/auth',
      ticket: asRevision(1201),
    }),
    agentView({
      agent: agentId('carol'),
      held: [scopePath('src/core')],
      lastReport: { text: 'the lexer is split; tests next', atMs: ago(20_000) } as never,
    }),
    agentView({ agent: agentId('dave'), status: 'idle', held: [], metadata: {}, seenAtMs: ago(61_000) }),
    agentView({
      agent: agentId('erin'),
      presence: 'lost',
      held: [],
      heldWhenLost: [scopePath('services/shop')],
      lostAtMs: ago(150_000),
      seenAtMs: ago(1_050_000),
    }),
  ],
  locks: [
    lockView({
      scope: auth,
      file: login as never,
      token: asRevision(1180),
      deadlineMs: inMs(9_000),
      reason: 'rework the login',
    }),
    lockView({
      scope: auth,
      file: 'services/auth/mail.ts' as never,
      token: asRevision(1181),
      deadlineMs: inMs(192_000),
      queueLength: 0,
      reason: null,
    }),
    lockView({
      agent: agentId('carol'),
      token: asRevision(1150),
      grantedAtMs: ago(1_260_000),
      deadlineMs: inMs(55_000),
      queueLength: 0,
    }),
  ],
  waiters: [
    waiterView({
      ticket: asRevision(1201),
      scopes: [auth],
      sinceMs: ago(42_000),
      reason: 'review the login',
      waitsFor: [login],
    }),
  ],
  scopeCount: 9,
});

export const busy: Facts = {
  status: busyStatus,
  open: [
    {
      type: 'ContextConsistency',
      rule: 'DigestMatches',
      subject: 'src/core/knowledge.yaml',
      holder: null,
      evidence: 'it was written past rhema',
      remedy: 'rhema context keep',
      sinceMs: ago(30_000),
      revision: asRevision(1199),
    },
  ],
  lately: [lostErin],
};

/** Nobody is there, nothing happens. */
export const quiet: Facts = { status: statusAnswer(), open: [], lately: [] };

/** Two hundred of them, most of whom hold something. */
export function crowd(): Facts {
  const names = Array.from({ length: 200 }, (_, index) => `agent-${String(index).padStart(3, '0')}`);
  const holders = names.filter((_, index) => index % 4 !== 0);
  return {
    ...quiet,
    status: statusAnswer({
      agents: names.map((name, index) =>
        agentView({ agent: agentId(name), held: index % 4 === 0 ? [] : [scopePath(`src/part-${index}`)] }),
      ),
      locks: holders.map((name, index) =>
        lockView({
          agent: agentId(name),
          scope: scopePath(`src/part-${name.slice(-3)}`),
          queueLength: index % 3,
        }),
      ),
    }),
  };
}

/** Names that take two columns a letter, or none, or would drive a terminal. */
export const wideNames: Facts = {
  ...quiet,
  status: statusAnswer({
    agents: [
      agentView({
        agent: agentId('alice'),
        held: [scopePath('ドキュメント/設計書/ログイン画面')],
        metadata: {},
      }),
      agentView({
        agent: agentId('bob'),
        held: [scopePath('src/e\u0301te\u0301')],
        metadata: { task: '🚀🚀 ship it' },
      }),
      agentView({
        agent: agentId('carol'),
        held: [scopePath('a\u001b[31mb\u202ec')],
        metadata: { task: 'two\nlines' },
      }),
    ],
    locks: [
      lockView({
        scope: scopePath('ドキュメント/設計書/ログイン画面'),
        reason: '日本語の説明がとても長い場合の表示',
      }),
    ],
  }),
};

export function modelOf(facts: Facts | null, size: Size, over: Partial<Model> = {}): Model {
  return { ...newModel('/home/ann/shop', size, startMs), facts, ...over };
}

/** As it is seen, without colours. */
export const seen = (model: Model): string =>
  frame(model, words)
    .map((line) => lineText(line).trimEnd())
    .join('\n');

const named: Readonly<Record<string, string>> = {
  '\r': 'return',
  '\u001b': 'escape',
  '\t': 'tab',
  '\u007f': 'backspace',
};

/** A key by what it writes, or by its name. */
export function keyOf(text: string): Key {
  const name = named[text] ?? text;
  const isWritten = text.length === 1 && named[text] === undefined;
  return { name: name.toLowerCase(), ctrl: false, text: isWritten ? text : null };
}

export const ctrl = (name: string): Key => ({ name, ctrl: true, text: null });

/** A terminal of a test: it remembers what was written, and types what it is told to. */
export class FakeScreen implements Screen {
  sizeNow: Size = { columns: 80, rows: 24 };
  readonly writes: string[] = [];
  readonly log: string[] = [];
  readonly events: ScreenEvents = {
    onKey: () => undefined,
    onResize: () => undefined,
    onResume: () => undefined,
    onGone: () => undefined,
  };
  size = (): Size => this.sizeNow;
  enter = (): void => void this.log.push('enter');
  leave = (): void => void this.log.push('leave');
  suspend = (): void => void this.log.push('suspend');
  write = (text: string): void => void this.writes.push(text);
}
