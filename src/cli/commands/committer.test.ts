import { expect, test } from 'vitest';
import type { AgentId, AgentProcess } from '../../core/index.ts';
import type { AgentView } from '../../protocol/index.ts';
import { bobsHarness, Harness } from '../testing/harness.ts';
import { agentView } from '../testing/samples.ts';
import { Call } from '../call.ts';
import { committer } from './committer.ts';

const client: AgentProcess = { pid: 7, start: 'boot 1', namespace: 'here' };
const around = [
  { process: { ...client, pid: 9 }, name: 'sh' },
  { process: client, name: 'codex' },
];
const agent = (name: string, over: Partial<AgentView> = {}): AgentView =>
  ({ ...agentView(), agent: name as AgentId, presence: 'present', process: client, ...over }) as AgentView;

const of = (agents: readonly AgentView[], env: Record<string, string> = {}, processes = around) => {
  const { ports } = bobsHarness({}, { env }).harness;
  return committer(new Call(ports, {}, '/repo'), { agents }, processes);
};

test('a commit is of the agent that lives in a process around it', async () => {
  expect(await of([agent('other', { process: { ...client, pid: 8 } }), agent('codex-1')])).toBe('codex-1');
  expect(await of([agent('codex-1', { process: { ...client, start: 'boot 2' } })])).toBeNull();
  expect(await of([agent('codex-1', { presence: 'lost' }), agent('none', { process: null })])).toBeNull();
  expect(await of([agent('codex-1')], {}, [])).toBeNull();
});

test('of the one that started the others, and of nobody where that cannot be told', async () => {
  const sub = agent('codex-1-a', { metadata: { startedBy: 'codex-1' } });
  expect(await of([sub, agent('codex-1')])).toBe('codex-1');
  expect(await of([agent('codex-1'), agent('codex-2')])).toBeNull();
});

test('but first of the one that RHEMA_AGENT names, as long as that takes part', async () => {
  const agents = [agent('codex-1'), agent('ann', { process: null })];
  expect(await of(agents, { RHEMA_AGENT: 'ann' })).toBe('ann');
  expect(await of(agents, { RHEMA_AGENT: 'gone' })).toBe('codex-1');
});

test.each([
  ['an agent', { role: 'agent', agents: ['bob*'] }],
  ['an observer', { role: 'observer', agents: [] }],
] as const)('but not as one that the token of %s does not let in', async (_who, admitted) => {
  const { ports } = new Harness({
    coordinator: new Error('not asked'),
    env: { RHEMA_AGENT: 'alice' },
    servers: { token: async () => 'rhema_x', whoAmI: async () => ({ name: 'bobs', ...admitted }) },
  });
  const call = new Call(ports, { server: 'https://build.example.org' }, '/repo');
  const committing = (name: string) => committer(call, { agents: [agent(name, { process: null })] }, []);
  await expect(committing('alice')).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringMatching(
      /may act only as (bob\*|nobody), and RHEMA_AGENT says alice: unset it/,
    ) as string,
  });
  expect(await committing('bob')).toBeNull();
});

test('a token that lets it in lets it commit', async () => {
  const { ports } = new Harness({
    coordinator: new Error('not asked'),
    env: { RHEMA_AGENT: 'bob-2' },
    servers: {
      token: async () => 'rhema_x',
      whoAmI: async () => ({ name: 'bobs', role: 'agent', agents: ['bob*'] }),
    },
  });
  const call = new Call(ports, { server: 'https://build.example.org' }, '/repo');
  expect(await committer(call, { agents: [agent('bob-2', { process: null })] }, [])).toBe('bob-2');
});
