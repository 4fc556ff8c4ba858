import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type AgentId, type OpenViolation, type ScopePath } from '../core/index.ts';
import type { Reply, ScopeProblem, ScopeView } from '../protocol/index.ts';
import { SafetyWatch, safetyRestMs, type Broken, type SafetyCommand } from './safety-watch.ts';
import type { FileSeen } from './watched-files.ts';

const todos = 'api/.rhema/todos.yaml' as ScopePath;
const scopeFile = 'api/rhema.yaml' as ScopePath;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const good = 'todos: []\n';

let files: Map<ScopePath, string>;
let open: OpenViolation[];
let said: SafetyCommand[];
let repaired: Broken[];
let repairs: boolean;
let isOn: boolean;
let mark: string;
let nowMs: number;
let problems: ScopeProblem[];
let contexts: ScopeView['contexts'];
let watch: SafetyWatch;

beforeEach(() => {
  files = new Map([
    [todos, good],
    [scopeFile, 'name: api\n'],
  ]);
  contexts = {
    '.rhema/todos.yaml': { digest: digestOf(good), revision: asRevision(3), agent: 'alice' as AgentId },
  };
  [open, said, repaired, problems] = [[], [], [], []];
  [repairs, isOn, mark, nowMs] = [true, true, 'a commit', 0];
  watch = new SafetyWatch({
    isOn: () => isOn,
    repairs: () => repairs,
    scopes: async () => ({ scopes: [{ path: 'api', contexts } as unknown as ScopeView] }),
    open: async () => open,
    problems: () => problems,
    beginLook: () => undefined,
    look: seenAt,
    gitMark: () => mark,
    repair: async (broken) => {
      repaired.push(broken);
      return 'it was put back';
    },
    submit: async (command) => note(command),
    monotonicMs: () => nowMs,
  });
});

function seenAt(path: ScopePath): FileSeen {
  const text = files.get(path);
  if (text === undefined) return { kind: 'gone', id: 'gone' };
  const digest = digestOf(text);
  return { kind: 'read', id: digest, digest, isBroken: text.includes('}{'), breaks: brokenBy(text), text };
}

const brokenBy = (text: string): readonly string[] => (text.includes('}{') ? ['YAML_SYNTAX'] : []);

function note(command: SafetyCommand): Reply {
  said.push(command);
  const { type, rule, subject } = command;
  open = open.filter((one) => one.rule !== rule || one.subject !== subject);
  const facts = { type, rule, subject, holder: null, evidence: '', remedy: '' };
  if (command.kind === 'ReportViolation')
    open.push({ ...facts, sinceMs: asTimeMs(0), revision: asRevision(1) });
  return { ok: true, revision: asRevision(1), atMs: asTimeMs(0), result: { kind: 'done' } };
}

/** Looks, and looks again once what was seen has come to rest. */
async function lookTwice(): Promise<void> {
  await watch.look();
  nowMs += safetyRestMs;
  await watch.look();
}

const told = (): unknown[] =>
  said.map((command) => [command.kind, command.rule, 'end' in command ? command.end : null]);

describe('a context file that is not what was recorded', () => {
  it.each([
    ['changed', 'todos: [] # by hand\n', 'CONTEXT_FILE_CHANGED'],
    ['broken', '}{', 'CONTEXT_FILE_BROKEN'],
    ['gone', null, 'CONTEXT_FILE_GONE'],
  ])('is reported when it has been %s for a while, and not before', async (_how, text, rule) => {
    repairs = false;
    if (text === null) files.delete(todos);
    else files.set(todos, text);
    await watch.look();
    expect(told()).toEqual([]);
    nowMs += safetyRestMs;
    await watch.look();
    await watch.look();
    expect(told()).toEqual([['ReportViolation', rule, null]]);
    expect(repaired).toEqual([]);
    files.set(todos, good);
    await watch.look();
    expect(told()[1]).toEqual(['SettleViolation', rule, 'mended']);
  });

  it('is reported no more once nothing is recorded of it', async () => {
    files.delete(todos);
    repairs = false;
    await lookTwice();
    contexts = {};
    await watch.look();
    expect(told()[1]).toEqual(['SettleViolation', 'CONTEXT_FILE_GONE', 'gone']);
  });

  it('is repaired where nobody can read it, and is said to be', async () => {
    await watch.look();
    files.set(todos, '}{');
    await lookTwice();
    expect(repaired).toMatchObject([
      { path: todos, scope: 'api', good: { kind: 'recorded', digest: digestOf(good) }, isFresh: true },
    ]);
    expect(told()).toEqual([
      ['ReportViolation', 'CONTEXT_FILE_BROKEN', null],
      ['SettleViolation', 'CONTEXT_FILE_BROKEN', 'repaired'],
    ]);
  });

  it('is left alone where it says something else', async () => {
    files.set(todos, 'todos: [] # by hand\n');
    await lookTwice();
    expect(repaired).toEqual([]);
  });

  it('is not fresh once Git has done something', async () => {
    await watch.look();
    mark = 'another commit';
    files.delete(todos);
    await lookTwice();
    expect(repaired).toMatchObject([{ isFresh: false }]);
  });
});

describe('a scope file that nobody can read', () => {
  const yaml: ScopeProblem = {
    code: 'YAML_SYNTAX',
    severity: 'error',
    file: scopeFile,
    line: 1,
    column: 1,
    message: 'is no YAML',
  };

  it('gets the text that was seen in force', async () => {
    await watch.look();
    files.set(scopeFile, '}{');
    problems = [yaml];
    await lookTwice();
    expect(repaired).toMatchObject([{ path: scopeFile, good: { kind: 'seen', text: 'name: api\n' } }]);
    expect(told()).toEqual([
      ['ReportViolation', 'YAML_SYNTAX', null],
      ['SettleViolation', 'YAML_SYNTAX', 'repaired'],
    ]);
  });

  it('is reported only where it was never seen otherwise, or Git has made it so', async () => {
    files.set(scopeFile, '}{');
    problems = [yaml];
    await lookTwice();
    files.set(scopeFile, 'name: api\n');
    problems = [];
    await watch.look();
    mark = 'another commit';
    files.set(scopeFile, '}{ by Git');
    problems = [yaml];
    await lookTwice();
    expect(repaired).toEqual([]);
    expect(told().map((one) => (one as string[])[0])).toEqual([
      'ReportViolation',
      'SettleViolation',
      'ReportViolation',
    ]);
  });
});

it('takes a twentieth of the time at most, and none where it is switched off', async () => {
  let looks = 0;
  const count = contexts;
  contexts = new Proxy(count, { ownKeys: (target) => ((looks += 1), Reflect.ownKeys(target)) });
  isOn = false;
  await watch.poll();
  expect(looks).toBe(0);
  isOn = true;
  await watch.poll();
  nowMs += 1_999;
  await watch.poll();
  expect(looks).toBe(1);
  nowMs += 1;
  await watch.poll();
  expect(looks).toBe(2);
});

describe('what a check has found in the working tree', () => {
  const found = (rule: string, subject: string): OpenViolation => ({
    type: 'ContextConsistency',
    rule,
    subject,
    holder: null,
    evidence: '',
    remedy: '',
    sinceMs: asTimeMs(0),
    revision: asRevision(1),
  });

  beforeEach(() => {
    contexts = {};
    open = [found('YAML_SYNTAX', todos)];
  });

  it('ends by itself once a context file that nobody has recorded does not break that rule', async () => {
    files.set(todos, '}{');
    await lookTwice();
    expect(told()).toEqual([]);
    files.set(todos, good);
    await watch.look();
    expect(told()).toEqual([['SettleViolation', 'YAML_SYNTAX', 'mended']]);
  });

  it('ends with the file', async () => {
    files.delete(todos);
    await watch.look();
    expect(told()).toEqual([['SettleViolation', 'YAML_SYNTAX', 'gone']]);
  });

  it('ends, where it is about the whole graph, once nothing is wrong with that', async () => {
    const cycle = { file: null, line: null, column: null, message: 'a cycle' } as const;
    open = [found('DEPENDENCY_CYCLE', '*'), found('STATE_DIFFERS_FROM_LOG', '*')];
    problems = [{ code: 'DEPENDENCY_CYCLE', severity: 'error', ...cycle }];
    await watch.look();
    expect(told()).toEqual([]);
    problems = [];
    await watch.look();
    expect(told()).toEqual([['SettleViolation', 'DEPENDENCY_CYCLE', 'mended']]);
  });
});
