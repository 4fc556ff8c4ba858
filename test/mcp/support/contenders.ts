/** Two agents with a client each, and what befalls them. */
import { defaultSettings, type ScopePath, nameOf } from '../../../src/core/index.ts';
import { CoordinatorError, type Query } from '../../../src/protocol/index.ts';
import type { AgentSession } from '../../../src/participant/index.ts';
import { openStage, quiet, type Stage, type TestClient, type Told } from './stage.ts';

export const auth = 'services/auth' as ScopePath;
export const web = 'services/web' as ScopePath;

type Changed = Partial<typeof defaultSettings>;

export async function openWith(changed: Changed = {}): Promise<Stage> {
  const stage = await openStage();
  await configure(stage, changed);
  return stage;
}

export async function configure(stage: Stage, changed: Changed): Promise<void> {
  const settings = { ...defaultSettings, ...changed };
  await stage.bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
}

export interface Pair {
  readonly stage: Stage;
  readonly alice: TestClient;
  readonly bob: TestClient;
}

/** Alice and bob have joined, each through a server process of its own. */
export async function contenders(changed: Changed = {}): Promise<Pair> {
  const stage = await openWith(changed);
  const alice = await stage.startClient();
  const bob = await stage.startClient();
  await alice.join('alice');
  await bob.join('bob');
  return { stage, alice, bob };
}

export const statusOf = (stage: Stage) => stage.coordinator.query({ kind: 'status', at: null });

export async function heldBy(stage: Stage, agent: string): Promise<string[]> {
  const { locks } = await statusOf(stage);
  return locks.filter((lock) => lock.agent === agent).map(nameOf);
}

/** What its join, or whatever else names it, gave an agent to call itself by. */
export const handleOf = (told: Told): string => String(told.facts['handle']);

export const hasLost = (client: TestClient, agent: string): Promise<Told> =>
  client.call('lock_check', { agent, path: 'services/web' });

let revocations = 0;
export async function revoke(stage: Stage, scope: ScopePath, reason: string | null = null): Promise<void> {
  const command = { kind: 'RevokeLock', by: 'olga', scope, reason } as const;
  await stage.coordinator.submit({ requestId: `revoke ${(revocations += 1)}`, command });
}

/** A lock is taken in the name of an agent by somebody of the same user who has its session, such as a shell. */
export async function takeInName(stage: Stage, agent: string, scope: ScopePath): Promise<void> {
  const command = {
    kind: 'AcquireLock',
    ...proofIn(stage, agent),
    scopes: [scope],
    ttlMs: null,
    wait: { kind: 'none' },
    reason: null,
  } as const;
  await stage.coordinator.submit({ requestId: `shell of ${agent}`, command });
}

/** As {@link takeInName}: all that an agent holds is given back. */
export async function giveBackInName(stage: Stage, agent: string): Promise<void> {
  const command = { kind: 'ReleaseLock', ...proofIn(stage, agent), scopes: null, token: null } as const;
  await stage.coordinator.submit({ requestId: `shell of ${agent} gives back`, command });
}

function proofIn(stage: Stage, name: string): Pick<AgentSession, 'agent' | 'epoch' | 'secret'> {
  const session = [...stage.sessions.files.values()].find((one) => one.agent === name);
  if (session === undefined) throw new Error(`${name} has not joined`);
  const { agent, epoch, secret } = session;
  return { agent, epoch, secret };
}

export async function waitOneSecond(
  stage: Stage,
  client: TestClient,
  agent: string,
  scopes: readonly string[],
): Promise<Told> {
  const waiting = client.call('lock_acquire', { agent, scopes, wait_seconds: 1 });
  await stage.pass(1_000);
  return waiting;
}

/** Bob has been granted the scopes while he did not wait. */
export async function grantedBetweenCalls(pair: Pair, scopes: readonly string[]): Promise<void> {
  const { stage, alice, bob } = pair;
  await alice.call('lock_acquire', { agent: 'alice', scopes });
  await waitOneSecond(stage, bob, 'bob', scopes);
  await alice.call('lock_release', { agent: 'alice' });
  await quiet();
}

export const lostAnswer = (): CoordinatorError =>
  new CoordinatorError('UNAVAILABLE', 'the answer was lost', { retryable: true });

/** Commands of a kind take effect, but their answers never come; until the function it returns is called. */
export function loseAnswers(stage: Stage, kind: string): () => void {
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      const reply = await inner.submit(request);
      if (request.command.kind === kind) throw lostAnswer();
      return reply;
    },
  };
  return () => void (stage.coordinator = inner);
}

/** Commands of a kind do not get through; until the function it returns is called. */
export function cutOff(stage: Stage, kind: string | null = null): () => void {
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: (request) =>
      kind === null || request.command.kind === kind
        ? Promise.reject(new Error('no way through'))
        : inner.submit(request),
  };
  return () => void (stage.coordinator = inner);
}

/** Commands of a kind get through only when the function it returns is called. */
export function delay(stage: Stage, kind: string): () => void {
  const inner = stage.coordinator;
  const gate = openGate();
  stage.coordinator = {
    ...inner,
    submit: async (request) => {
      if (request.command.kind === kind) await gate.opened;
      return inner.submit(request);
    },
  };
  return () => {
    stage.coordinator = inner;
    gate.open();
  };
}

/** What some questions are answered is as of now, but comes only when the function it returns is called. */
export function withholdViews(stage: Stage, isMeant: (query: Query) => boolean): () => void {
  const inner = stage.coordinator;
  const gate = openGate();
  stage.coordinator = {
    ...inner,
    query: async (query) => {
      const answer = await inner.query(query);
      if (isMeant(query)) await gate.opened;
      return answer;
    },
  };
  return () => {
    stage.coordinator = inner;
    gate.open();
  };
}

function openGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Asks, and gives up as a client does whose time is over, or whose user wants something else. */
export async function askAndGiveUp(
  client: TestClient,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  why: 'request timeout' | 'the user pressed escape',
): Promise<void> {
  const abort = new AbortController();
  const asking = client.call(tool, args, { signal: abort.signal });
  const failed = asking.then(
    () => {
      throw new Error('it was answered');
    },
    () => undefined,
  );
  await quiet();
  abort.abort(why);
  await failed;
}
