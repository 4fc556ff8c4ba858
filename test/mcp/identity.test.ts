/** Who is who: each join is an agent, and none is taken for another. */
import { expect, it } from 'vitest';
import { CoordinatorError } from '../../src/protocol/index.ts';
import { cutOff, handleOf, hasLost, heldBy, statusOf, waitOneSecond } from './support/contenders.ts';
import { eras, openStage, quiet, withholdAnswers, type Told } from './support/stage.ts';

const factOf = (told: Told, name: string): string => String(told.facts[name]);

/** Three subagents of one client that were told the same name. */
async function threeOfOneName() {
  const stage = await openStage();
  const client = await stage.startClient();
  const joined = [];
  for (const task of ['login', 'review', 'docs'])
    joined.push(await client.call('agent_join', { agent: 'claude', task }));
  return { stage, client, joined, handles: joined.map(handleOf) };
}

it('nobody acts without having joined', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const refused = await client.acquire('alice', 'services/auth');
  expect(refused).toMatchObject({ isError: true, facts: { code: 'NOT_JOINED' } });
  expect(refused.text).toContain('Next: agent_join');
});

it.each([
  ['nobody', /^NOT_JOINED: no agent nobody has joined through this client.*\nNext: agent_join/],
  ['two words', /^INVALID_INPUT: agent: "two words" is no agent: pass the handle that agent_join answered$/],
])(
  'who calls under %j, which nobody can be called, is not asked to choose another name',
  async (name, told) => {
    const client = await (await openStage()).startClient();
    expect((await client.acquire(name, 'services/auth')).text).toMatch(told);
  },
);

it('a name that cannot be one is refused with the argument at fault', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const refused = await client.call('agent_join', { agent: 'two words' });
  expect(refused.text).toMatch(/^INVALID_INPUT: agent: agent name "two words"/);
});

it('agents of one client that ask for one name are as many agents, each with a handle of its own', async () => {
  const { stage, joined, handles } = await threeOfOneName();
  expect(joined.map((told) => factOf(told, 'agent'))).toEqual(['claude', 'claude-2', 'claude-3']);
  expect(new Set(handles).size).toBe(3);
  expect(joined[1]?.text).toContain(`You are claude-2. Pass agent: "${handles[1]}" on each call.`);
  expect((await statusOf(stage)).agents.map(({ agent }) => agent)).toEqual([
    'claude',
    'claude-2',
    'claude-3',
  ]);
});

it('none of them is told that it holds what another acquired', async () => {
  const { stage, client, handles } = await threeOfOneName();
  const [one = '', two = ''] = handles;
  expect((await client.acquire(one, 'services/auth')).facts).toMatchObject({ status: 'granted' });
  const refused = await client.acquire(two, 'services/auth', { wait_seconds: 0 });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD', holder: 'claude' } });
  for (const agent of [two, 'claude-2'])
    expect((await client.call('lock_check', { agent, path: 'services/auth' })).facts).toMatchObject({
      mayWrite: false,
    });
  await client.call('lock_release', { agent: two });
  expect(await heldBy(stage, 'claude')).toEqual(['services/auth']);
});

it('a name that two have asked for says nobody, and each finds its own handle', async () => {
  const { client, handles } = await threeOfOneName();
  await client.acquire(handles[0] ?? '', 'services/auth');
  for (const tool of ['lock_acquire', 'lock_release', 'agent_report', 'lock_check', 'context_record']) {
    const args = { scopes: ['services/auth'], status: 'left', path: 'services/auth' };
    const taken = { lock_acquire: ['scopes'], lock_release: [], agent_report: ['status'] }[tool] ?? ['path'];
    const told = await client.call(tool, {
      agent: 'claude',
      ...Object.fromEntries(Object.entries(args).filter(([name]) => taken.includes(name))),
    });
    expect(told).toMatchObject({ isError: true, facts: { code: 'NAME_UNCLEAR' } });
    expect(told.text).toContain(
      `- claude (handle "${handles[0]}"; task "login"; holds "services/auth" (token`,
    );
    expect(told.text).toContain(`- claude-2 (handle "${handles[1]}"; task "review"; holds nothing`);
  }
  expect((await client.call('coordination_status', { agent: 'claude' })).text).toContain(
    'pass your own handle',
  );
});

it('a plain name does where one join has asked for it; after another, not before all of them have left', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const leave = (agent: string) => client.call('agent_report', { agent, status: 'left' });
  const first = handleOf(await client.join('alice'));
  expect((await client.acquire('alice', 'services/auth')).isError).toBe(false);
  await leave(handleOf(await client.join('alice')));
  // It may be the one that has left who says it.
  expect((await client.call('lock_release', { agent: 'alice' })).facts).toMatchObject({
    code: 'NAME_UNCLEAR',
  });
  await leave(first);
  await client.join('alice');
  expect((await client.acquire('alice', 'services/auth')).isError).toBe(false);
});

it('who was lost and joins again with its handle does what it did before, until it says something else', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const { facts } = await client.join('claude', { task: 'login' });
  const again = async (more = {}) => {
    const heal = cutOff(stage);
    await stage.pass(1_000_000);
    heal();
    await client.join(String(facts['handle']), more);
    const { agents } = await statusOf(stage);
    const [row] = agents.filter(({ agent, presence }) => agent === 'claude' && presence === 'present');
    const { text } = await client.call('coordination_status', {});
    return [row?.metadata['task'], /Through this client:\n- claude .*?task "(\w+)"/.exec(text)?.[1]];
  };
  expect(await again()).toEqual(['login', 'login']);
  expect(await again({ task: 'review' })).toEqual(['review', 'review']);
  expect(await again()).toEqual(['review', 'review']);
});

it('whoever has left and joins with the handle it had is no agent of that name', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const handle = handleOf(await client.join('claude'));
  await client.call('agent_report', { agent: handle, status: 'left' });
  expect((await client.acquire(handle, 'services/auth')).text).toContain('no agent claude has joined');
  expect((await client.join(handle)).text).toMatch(/^JOINED as claude \(/);
});

it('whoever has left may join again under its name', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  for (let turn = 0; turn < 2; turn += 1) {
    expect((await client.join('alice')).text).toMatch(/^JOINED as alice /);
    await client.acquire('alice', 'services/auth');
    const left = await client.call('agent_report', { agent: 'alice', status: 'left' });
    expect(left.text).toBe('alice has LEFT, and gave back "services/auth".');
  }
  expect(stage.sessions.files.size + stage.sessions.occupants.size).toBe(0);
});

it('what an agent forgot it finds through its own client, and no other client is told', async () => {
  const stage = await openStage();
  const [own, other] = [await stage.startClient(), await stage.startClient()];
  const handle = handleOf(await own.call('agent_join', { agent: 'alice', task: 'login' }));
  await own.acquire('alice', 'services/auth');
  const nameless: readonly [string, object][] = [
    ['coordination_status', {}],
    ['lock_check', { path: 'services/auth' }],
    ['lock_check', { agent: 'somebody-else', path: 'services/auth' }],
    ['lock_check', { agent: 5, path: 'services/auth' }],
    ['lock_check', { agent: 'two words', path: 'services/auth' }],
  ];
  for (const [tool, args] of nameless) {
    const told = await own.call(tool, { ...args });
    expect(told.text).toMatch(
      new RegExp(
        `Through this client:\\n- alice \\(handle "${handle}"; task "login"; holds "services/auth" \\(token`,
      ),
    );
    expect((await other.call(tool, { ...args })).text).not.toContain('handle "');
  }
});

it('who is held up by an agent of its own client is told so, and a stranger is not', async () => {
  const stage = await openStage();
  const [own, other] = [await stage.startClient(), await stage.startClient()];
  const handle = handleOf(await own.join('alice'));
  await own.acquire('alice', 'services/auth');
  await own.join('alice2');
  await other.join('bob');
  const hint = `alice speaks through this very client, under the handle "${handle}". Is that you?`;
  const asked = [
    await own.acquire('alice2', 'services/auth', { wait_seconds: 0 }),
    await own.call('lock_check', { agent: 'alice2', path: 'services/auth' }),
    await waitOneSecond(stage, own, 'alice2', ['services/auth']),
  ];
  for (const { text } of asked) expect(text).toContain(hint);
  expect((await other.acquire('bob', 'services/auth', { wait_seconds: 0 })).text).not.toContain(handle);
});

it.each(eras)(
  'a second live client that asks for a name is given one like it, and told who has it (%s)',
  async (era) => {
    const stage = await openStage();
    const first = await stage.startClient(era);
    await first.call('agent_join', { agent: 'claude', task: 'rework the login' });
    await first.acquire('claude', 'services/auth');
    await stage.pass(180_000);
    const second = await stage.startClient(era);
    const joined = await second.join('claude');
    expect(joined.facts).toMatchObject({ agent: 'claude-2', held: [] });
    expect(joined.text).toContain(
      `claude is another live client of yours (process ${first.server.pid}, for 3 min)`,
    );
    expect(joined.text).toContain('task "rework the login", holds "services/auth"');
    expect(joined.text).not.toContain('resume');
    expect((await first.call('lock_release', { agent: 'claude' })).text).toBe('RELEASED "services/auth".');
  },
);

it('resuming whom this client speaks for already changes nothing, and is refused where the name is unclear', async () => {
  const { client, handles, joined } = await threeOfOneName();
  const again = await client.join(handles[1] ?? '');
  expect(again.text).toMatch(/^JOINED already as claude-2/);
  expect(again.text).not.toContain('your name is another one');
  expect(again.facts).toMatchObject({ epoch: joined[1]?.facts['epoch'], handle: handles[1] });
  const unclear = await client.call('agent_join', { agent: 'claude', resume: true });
  expect(unclear).toMatchObject({ isError: true, facts: { code: 'NAME_UNCLEAR' } });
});

/** Subagent A has joined as claude, held a scope, and was told that its session is over. */
async function goneAndTold() {
  const stage = await openStage();
  const client = await stage.startClient();
  const handle = handleOf(await client.join('claude'));
  await client.acquire(handle, 'services/auth');
  const [session] = stage.sessions.files.values();
  if (session === undefined) throw new Error('no session was kept');
  await stage.coordinator.submit({ requestId: 'leave', command: { kind: 'AgentLeave', ...session } });
  const told = await client.acquire(handle, 'services/auth');
  expect(told).toMatchObject({ isError: true, facts: { code: 'AGENT_NOT_FOUND' } });
  expect(told.text).toContain('Next: agent_join with your handle');
  return { stage, client, handle };
}

it('of two subagents of one name the second is not the first, also after that one was told that it is gone', async () => {
  const { client, handle } = await goneAndTold();
  const second = handleOf(await client.join('claude'));
  expect(second).not.toBe(handle);
  expect((await client.acquire(second, 'services/auth')).facts).toMatchObject({ status: 'granted' });
  const back = await client.join(handle);
  expect(back.facts).toMatchObject({ agent: 'claude-2', handle, held: [] });
  expect(back.text).toContain('Your handle is the same, but your name is another one: it was claude.');
  expect(back.text).not.toContain('You hold');
  const asked = await client.acquire(handle, 'services/auth', { wait_seconds: 0 });
  expect(asked).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD', holder: 'claude' } });
});

it('who is gone and resumes by its name while another has it is not that other', async () => {
  const { client } = await goneAndTold();
  const second = handleOf(await client.join('claude'));
  await client.acquire(second, 'services/auth');
  const unclear = await client.call('agent_join', { agent: 'claude', resume: true });
  expect(unclear).toMatchObject({ isError: true, facts: { code: 'NAME_UNCLEAR' } });
});

it('a note of somebody who is no agent any more keeps no name', async () => {
  const stage = await openStage();
  const gone = await stage.startClient();
  stage.sessions.occupants.set('claude' as never, { pid: gone.server.pid, sinceMs: 0 });
  const client = await stage.startClient();
  expect((await client.join('claude')).facts).toMatchObject({ agent: 'claude' });
});

it('two joins at once under a new name are two agents', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const told = await Promise.all([client.join('claude'), client.join('claude')]);
  expect(told.map((one) => factOf(one, 'agent')).sort()).toEqual(['claude', 'claude-2']);
});

it('a join that nobody heard of is for whoever asks again', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.call('coordination_status', {});
  const letGo = withholdAnswers(stage, 'AgentJoin');
  const abort = new AbortController();
  const joining = client.call('agent_join', { agent: 'claude' }, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(joining).rejects.toThrow();
  letGo();
  await quiet();
  expect((await client.join('claude')).facts).toMatchObject({ agent: 'claude' });
});

it('a join whose session could not be kept is made again under the same name', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const { files } = stage.sessions;
  let written = 0;
  files.set = (...session) => {
    if ((written += 1) === 2) throw new CoordinatorError('STORE_FAILURE', 'no space left');
    return Map.prototype.set.apply(files, session) as typeof files;
  };
  expect(await client.call('agent_join', { agent: 'claude' })).toMatchObject({ isError: true });
  expect(await stage.commands()).toEqual(['AgentJoin']);
  Reflect.deleteProperty(files, 'set');
  const again = await client.join('claude');
  expect(again.facts).toMatchObject({ agent: 'claude' });
  expect((await client.acquire(handleOf(again), 'services/auth')).facts).toMatchObject({ status: 'granted' });
});

it('an agent that was lost goes on with its handle, and another that takes its name meanwhile is another', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const handle = handleOf(await client.join('claude'));
  await client.acquire(handle, 'services/auth');
  const heal = cutOff(stage);
  await stage.pass(1_000_000);
  heal();
  await stage.pass(2_000);
  const other = await client.join('claude');
  expect(other.facts).toMatchObject({ agent: 'claude', held: [] });
  expect(other.text).not.toContain('LOST');
  await client.acquire(handleOf(other), 'services/web');
  const told = await hasLost(client, handle);
  expect(told.text).toMatch(/^LOST "services\/auth"/);
  expect(told.facts).toMatchObject({ code: 'AGENT_LOST' });
  const again = await client.join(handle);
  expect(again.facts).toMatchObject({ agent: 'claude-2', handle, held: [] });
});

it('subagents under names of their own are agents of their own', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  await client.join('claude');
  await client.join('claude.reviewer');
  expect((await client.acquire('claude', 'services/auth')).facts).toMatchObject({ status: 'granted' });
  const refused = await client.acquire('claude.reviewer', 'services/auth', { wait_seconds: 0 });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD', holder: 'claude' } });
});
