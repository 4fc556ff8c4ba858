import { describe, expect, it } from 'vitest';
import { messageLengthMax, reasonLengthMax, targetsPerRequestMax, settingBounds } from '../core/index.ts';
import { callerCommandKinds } from './command-schemas.ts';
import { requestParsers } from './requests.ts';

const secret = 'ab'.repeat(16);
const agent = { agent: 'alice', epoch: 1, secret };
const operator = { by: 'root' };
const digest = 'c'.repeat(64);
const scope = 'src/api';

const violation = { type: 'ContextConsistency', rule: 'CONTEXT_FILE_BROKEN', subject: 'src/core/f' };

const valid: Record<string, object> = {
  AgentJoin: { agent: 'alice', secret, metadata: { program: 'x', pid: 1, trusted: true } },
  AgentResume: { ...agent, newSecret: 'd'.repeat(32), way: 'takeOver', from: 'a shell' },
  AgentLeave: agent,
  Heartbeat: agent,
  SetAgentStatus: { ...agent, status: 'blocked', reason: 'stuck' },
  AcquireLock: {
    ...agent,
    scopes: [scope],
    ttlMs: 1_000,
    wait: { kind: 'queue', forMs: null },
    reason: null,
  },
  ReleaseLock: { ...agent, scopes: null, token: 3 },
  RenewLock: { ...agent, scope, token: null, ttlMs: null },
  CancelWait: agent,
  SendMessage: { ...agent, to: { kind: 'agent', agent: 'bob' }, messageKind: 'question', text: 'which one?' },
  ReportViolation: {
    ...operator,
    ...violation,
    path: 'src/core/f',
    evidence: 'is empty',
    remedy: 'restore it',
  },
  SettleViolation: { ...operator, ...violation, end: 'mended', cause: null },
  SendAsOperator: { ...operator, to: { kind: 'all' }, messageKind: 'stop', text: 'enough' },
  ReadMessages: agent,
  RevokeLock: { ...operator, scope, reason: null },
  DefineScopes: {
    ...operator,
    scopes: [{ path: scope, name: 'api', type: 'service', dependencies: ['lib'] }],
  },
  DefineScope: { ...operator, scope: { path: scope, name: 'api', type: 'service', dependencies: [] } },
  RemoveScope: { ...operator, scope },
  ContextModify: { ...agent, scope, file: 'a/b.yaml', token: null, digest, baseDigest: null },
  GitOperation: { ...operator, scopes: [scope], operation: 'merge' },
  StartSync: { ...agent, scope },
  CompleteSync: { ...agent, scope, run: 4, digest, syncedAgainst: { lib: digest } },
  FailSync: { ...agent, scope, run: 4, error: 'no' },
  RetrySync: { ...operator, scope },
  ResetSync: { ...operator, scope },
  AbortSync: { ...operator, scope, reason: 'why' },
  InvalidateSync: { ...operator, scope, reason: null },
};

const command = (kind: string, change: object = {}): unknown => ({ kind, ...valid[kind], ...change });
const parse = (kind: string, change?: object): unknown =>
  requestParsers.parseCommandRequest({ requestId: 'r1', command: command(kind, change) }).command;
const problem = (kind: string, change: object): unknown => {
  try {
    return parse(kind, change);
  } catch (error) {
    return (error as { details: { path: string } }).details.path;
  }
};

describe('commands', () => {
  it('covers every kind here', () => {
    expect(Object.keys(valid).sort()).toEqual([...callerCommandKinds].sort());
  });

  it.each(callerCommandKinds)('accepts a well-formed %s as it is', (kind) => {
    expect(parse(kind)).toEqual(command(kind));
  });

  it.each([
    { text: '', where: 'command.text' },
    { text: 'x'.repeat(messageLengthMax + 1), where: 'command.text' },
    { messageKind: 'order', where: 'command.messageKind' },
    { messageKind: 'request_release', where: 'command.messageKind' },
    { to: { kind: 'holder' }, where: 'command.to.scope' },
    { to: { kind: 'holder', scope, resource: '@git' }, where: 'command.to.scope' },
  ])('refuses a message that is none: $where', ({ where, ...change }) => {
    expect(problem('SendMessage', change)).toBe(where);
  });

  it('takes a request to release something, which it names', () => {
    const to = { kind: 'holder', scope: './src//api' };
    expect(parse('SendMessage', { to, messageKind: 'request_release' })).toMatchObject({
      to: { kind: 'holder', scope },
    });
  });

  it.each(callerCommandKinds)('refuses %s with a field it does not know', (kind) => {
    expect(() => parse(kind, { force: true })).toThrowError(/force/);
  });

  it.each(['ExpireDue', 'TakeOver', 'Configure', 'Nonsense'])('refuses %s: not for callers', (kind) => {
    expect(problem(kind, {})).toBe('command.kind');
  });

  it('brings every spelling of a path to one, sorts scope lists and drops repeats', () => {
    expect(parse('AcquireLock', { scopes: ['b//x/', './a', 'b/x', 'c/../a'] })).toMatchObject({
      scopes: ['a', 'b/x'],
    });
  });

  it.each([
    ['AcquireLock', { agent: '../x' }, 'command.agent'],
    ['AcquireLock', { agent: 'a\u0000b' }, 'command.agent'],
    ['AcquireLock', { agent: 'a'.repeat(10_000) }, 'command.agent'],
    ['AcquireLock', { agent: 'аlice' }, 'command.agent'],
    ['AcquireLock', { epoch: -1 }, 'command.epoch'],
    ['AcquireLock', { epoch: 1.5 }, 'command.epoch'],
    ['AcquireLock', { secret: 'short' }, 'command.secret'],
    ['AcquireLock', { scopes: [] }, 'command.scopes'],
    ['AcquireLock', { scopes: Array(targetsPerRequestMax + 1).fill('a') }, 'command.scopes'],
    ['AcquireLock', { scopes: ['a', '../../etc'] }, 'command.scopes[1]'],
    ['AcquireLock', { scopes: ['a\nb'] }, 'command.scopes[0]'],
    ['AcquireLock', { ttlMs: 0 }, 'command.ttlMs'],
    ['AcquireLock', { ttlMs: settingBounds.lockTtlMaxMs[1] + 1 }, 'command.ttlMs'],
    ['AcquireLock', { ttlMs: 0.5 }, 'command.ttlMs'],
    ['AcquireLock', { ttlMs: '60' }, 'command.ttlMs'],
    ['AcquireLock', { wait: { kind: 'queue', forMs: 0 } }, 'command.wait.forMs'],
    ['AcquireLock', { wait: { kind: 'always' } }, 'command.wait.kind'],
    ['AcquireLock', { reason: 'x'.repeat(reasonLengthMax + 1) }, 'command.reason'],
    ['AgentJoin', { metadata: { task: 'x'.repeat(5_000) } }, 'command.metadata'],
    ['AgentJoin', { metadata: { nested: {} } }, 'command.metadata.nested'],
    ['SetAgentStatus', { status: 'asleep' }, 'command.status'],
    ['ContextModify', { file: '../outside.yaml' }, 'command.file'],
    ['ContextModify', { file: '.' }, 'command.file'],
    ['ContextModify', { digest: 'abc' }, 'command.digest'],
    ['RevokeLock', { by: '' }, 'command.by'],
  ])('refuses %s with %o', (kind, change, path) => {
    expect(problem(kind, change)).toBe(path);
  });

  it.each([
    [{ ttlMs: 0 }, 'command.ttlMs: 0s is too little: at least 1ms'],
    [{ reason: '' }, 'command.reason: it is empty: write text, or leave it out'],
    [{ scopes: 'a' }, 'command.scopes: "a" is text: write a list, such as ["one", "two"]'],
    [{ secret: 'short' }, 'command.secret: 32 to 128 lower-case hex digits expected'],
  ])('tells %o in plain words, and no secret', (change, told) => {
    expect(() => parse('AcquireLock', change)).toThrowError(told);
  });

  it.each(['', 'r'.repeat(129), 5, undefined])('refuses the request id %o', (requestId) => {
    expect(() =>
      requestParsers.parseCommandRequest({ requestId, command: command('Heartbeat') }),
    ).toThrowError(/^requestId/);
  });
});

describe('queries', () => {
  it.each([
    { kind: 'status', at: null },
    { kind: 'status', at: { kind: 'revision', revision: 4 } },
    { kind: 'scopes' },
    { kind: 'scopes', fresh: true },
    { kind: 'history', filter: {}, limit: 10, before: null },
    {
      kind: 'history',
      filter: { agent: 'alice', scope, sinceMs: 1, untilMs: 2, events: ['lock'] },
      limit: 1,
      before: 9,
    },
    { kind: 'why', subject: { kind: 'scope', scope }, at: { kind: 'time', atMs: 5 } },
    { kind: 'why', subject: { kind: 'agent', agent: 'alice' }, at: null },
    { kind: 'mayWrite', agent: 'alice', epoch: 3, files: [scope, 'a/b.ts'], token: null },
    { kind: 'token', scope, token: 3 },
    { kind: 'violations' },
    { kind: 'health' },
  ])('accepts %j', (query) => {
    expect(requestParsers.parseQuery(query)).toEqual(query);
  });

  it.each([
    [{ kind: 'history', filter: {}, limit: 0, before: null }, 'limit'],
    [{ kind: 'history', filter: {}, limit: 1_000_000, before: null }, 'limit'],
    [{ kind: 'why', subject: { kind: 'agent', agent: '' }, at: null }, 'subject.agent'],
    [{ kind: 'status' }, 'at'],
    [{ kind: 'mayWrite', agent: 'alice', epoch: 3, files: [], token: null }, 'files'],
  ])('refuses %j', (query, path) => {
    expect(() => requestParsers.parseQuery(query)).toThrowError(
      expect.objectContaining({ details: { path } }),
    );
  });
});

describe('lines', () => {
  it('reads every kind of message', () => {
    const messages = [
      { op: 'hello', protocol: 1, version: '1.0.0', pid: 3 },
      { op: 'cancel', id: 4 },
      { id: 1, op: 'submit', request: { requestId: 'r', command: command('Heartbeat') } },
      { id: 1, op: 'awaitTicket', ticket: { agent: 'alice', ticket: 4 } },
      { id: 1, op: 'query', query: { kind: 'health' } },
      { id: 1, op: 'watch', fromRevision: 0 },
      { id: 1, op: 'refresh' },
      { id: 1, op: 'stop', when: 'idle' },
    ];
    for (const message of messages)
      expect(requestParsers.parseMessage(JSON.stringify(message))).toEqual({ ok: true, message });
  });

  it('takes a hello of a later version with fields it does not know', () => {
    const line = '{"op":"hello","protocol":9,"version":"9.0.0","pid":3,"mood":"good"}';
    expect(requestParsers.parseMessage(line)).toMatchObject({ ok: true });
  });

  it.each([
    ['nonsense', null],
    ['[]', null],
    ['null', null],
    ['7', null],
    ['{"op":"submit"}', null],
    ['{"id":0,"op":"refresh"}', null],
    ['{"id":"7","op":"refresh"}', null],
    ['{"id":7,"op":"explode"}', 7],
    ['{"id":7,"op":"submit"}', 7],
    ['{"id":7}', 7],
  ])('refuses %s and tells whose it was', (line, id) => {
    expect(requestParsers.parseMessage(line)).toMatchObject({
      ok: false,
      id,
      error: { code: 'INVALID_INPUT' },
    });
  });
});
