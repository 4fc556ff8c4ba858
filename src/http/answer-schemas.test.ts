import { beforeAll, expect, it } from 'vitest';
import { againstDocument, type Checked } from './testing/against-document.ts';
import { acquiring, joined, joining, jsonOf, openStage, type Stage } from './testing.ts';

let paths: Checked['paths'];
let faultsOf: Checked['faultsOf'];

beforeAll(async () => {
  ({ paths, faultsOf } = await againstDocument());
});

/** Alice holds a scope for which bob waits, and has left a trace of all kinds. */
async function busy(): Promise<{ stage: Stage; alice: object; bob: object }> {
  const stage = await openStage();
  const [alice, bob] = [await joined(stage, 'alice'), await joined(stage, 'bob')];
  await stage.say('AcquireLock', acquiring(alice, 'src/core'));
  await stage.say('AcquireLock', acquiring(bob, 'src/core', true));
  await stage.say('StartSync', { ...alice, scope: 'src/core' });
  return { stage, alice, bob };
}

const path = 'src/core';
const questions: readonly (readonly [kind: string, body: object])[] = [
  ['status', { at: null }],
  ['status', { at: { kind: 'revision', revision: 3 } }],
  ['scopes', {}],
  ['history', { filter: {}, limit: 50, before: null }],
  ['why', { subject: { kind: 'scope', scope: path }, at: null, happened: 20 }],
  ['why', { subject: { kind: 'agent', agent: 'bob' }, at: null, happened: 20 }],
  ['scopesOf', { paths: ['src/core/a.ts', 'nowhere'] }],
  ['impact', { scopes: [path] }],
  ['token', { scope: path, token: 5 }],
  ['violations', {}],
  ['openViolations', {}],
  ['mayWrite', { agent: 'alice', epoch: 3, files: ['src/core/a.ts', 'nowhere'], token: null }],
];

it.each(questions)('the answer to %s %j is as the document says, and no more', async (kind, body) => {
  const { stage } = await busy();
  const response = await stage.call(`/api/v1/queries/${kind}`, jsonOf(body));
  expect(response.status).toBe(200);
  expect(await faultsOf(response, `/api/v1/queries/${kind}`, 'post')).toEqual([]);
});

it('what commands come to is as the document says, done or refused', async () => {
  const { stage, alice, bob } = await busy();
  const dave = await joined(stage, 'dave');
  const said: readonly (readonly [kind: string, body: object, status: number])[] = [
    ['AgentJoin', joining('carol'), 200],
    ['AgentJoin', joining('alice'), 409],
    ['Heartbeat', alice, 200],
    ['Heartbeat', { ...alice, agent: 'nobody' }, 404],
    ['AcquireLock', acquiring(await joined(stage, 'erin'), 'src/web'), 200],
    ['AcquireLock', acquiring(dave, 'src/web'), 423],
    ['AcquireLock', { ...acquiring(dave, 'src/web'), ttlMs: 30_000_000 }, 422],
    ['SetAgentStatus', { ...alice, status: 'working', reason: 'half done' }, 200],
    [
      'SendMessage',
      { ...alice, messageKind: 'info', to: { kind: 'agent', agent: 'bob' }, text: 'soon' },
      200,
    ],
    ['ReadMessages', bob, 200],
    ['CancelWait', bob, 200],
    ['RevokeLock', { scope: 'src/web', by: 'olga', reason: null }, 200],
    ['ReleaseLock', { ...alice, scopes: null, token: null }, 200],
    ['AgentLeave', bob, 200],
    ['Heartbeat', bob, 404],
  ];
  for (const [kind, body, status] of said) {
    const response = await stage.say(kind, body);
    const faults = await faultsOf(response, `/api/v1/commands/${kind}`, 'post');
    expect([kind, response.status, faults]).toEqual([kind, status, []]);
  }
});

it.each([
  ['/api/v1/about', 'get'],
  ['/api/v1/whoami', 'get'],
  ['/api/v1/refresh', 'post'],
  ['/healthz', 'get'],
  ['/readyz', 'get'],
] as const)('the answer of %s is as the document says', async (address, method) => {
  const { call } = await openStage();
  const response = await call(address, { method: method.toUpperCase() });
  expect(await faultsOf(response, address, method)).toEqual([]);
});

it('each command says under which status each code comes', () => {
  const { responses } = paths['/api/v1/commands/AcquireLock']?.post ?? { responses: {} };
  expect(Object.keys(responses).map(Number)).toEqual(
    expect.arrayContaining([200, 400, 401, 403, 404, 409, 410, 413, 415, 422, 423, 429, 503]),
  );
  expect(JSON.stringify(responses[423])).toMatch(/LOCK_HELD, RESERVED_FOR_WAITER/);
  expect(JSON.stringify(responses[404])).toMatch(/AGENT_NOT_FOUND, SCOPE_NOT_FOUND/);
});
