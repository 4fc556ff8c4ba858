import { expect, it } from 'vitest';
import { eras, openStage } from './support/stage.ts';

const epochOf = (told: { readonly facts: Readonly<Record<string, unknown>> }): unknown => told.facts['epoch'];

it('nobody acts without having joined', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const refused = await client.acquire('alice', 'services/auth');
  expect(refused).toMatchObject({ isError: true, facts: { code: 'NOT_JOINED' } });
  expect(refused.text).toContain('Next: agent_join');
});

it('a name that cannot be one is refused with the argument at fault', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const refused = await client.call('agent_join', { agent: 'two words' });
  expect(refused.text).toMatch(/^INVALID_INPUT: agent: agent name "two words"/);
});

it.each(eras)(
  'a second live client that claims a name is told who has it, and which is free (%s)',
  async (era) => {
    const stage = await openStage();
    const first = await stage.startClient(era);
    await first.call('agent_join', { agent: 'claude', task: 'rework the login' });
    await first.acquire('claude', 'services/auth');
    await stage.pass(180_000);
    const second = await stage.startClient(era);
    const joining = second.call('agent_join', { agent: 'claude' });
    await stage.pass(2_000);
    const refused = await joining;
    expect(refused).toMatchObject({ isError: true, facts: { code: 'NAME_IN_USE', free: 'claude-2' } });
    expect(refused.text).toContain(`process ${first.server.pid}, for 3 min`);
    expect(refused.text).toContain('task "rework the login"');
    expect(refused.text).toContain('holds "services/auth"');
    const acting = second.acquire('claude', 'services/web');
    await stage.pass(2_000);
    expect(await acting).toMatchObject({ isError: true, facts: { code: 'NAME_IN_USE' } });
    expect((await first.call('lock_release', { agent: 'claude' })).text).toBe('RELEASED "services/auth".');
  },
);

it('a client that comes back while its old process is about to end gets its name after a moment', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  const before = await first.join('claude');
  const second = await stage.startClient();
  const joining = second.call('agent_join', { agent: 'claude' });
  await stage.pass(300);
  await first.server.kill();
  await stage.pass(1_000);
  expect(epochOf(await joining)).toBe(epochOf(before));
});

it('a new process succeeds a dead one under the same name: epoch, locks and place in the queue are kept', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  const joined = await first.join('claude');
  await first.acquire('claude', 'services/auth');
  await first.server.kill();
  const second = await stage.startClient();
  const resumed = await second.call('agent_join', { agent: 'claude' });
  expect(epochOf(resumed)).toBe(epochOf(joined));
  expect(resumed.text).toMatch(
    /^RESUMED as claude, where it left off \(epoch \d+\)\.\nYou hold "services\/auth"/,
  );
  await stage.pass(600_000);
  const told = await second.call('lock_check', { agent: 'claude', path: 'services/auth' });
  expect(told.facts).toMatchObject({ mayWrite: true });
});

it('a new process goes on under the name without joining, and says what is held', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  await first.join('claude');
  await first.acquire('claude', 'services/auth');
  await first.server.kill();
  const second = await stage.startClient();
  const told = await second.call('lock_check', { agent: 'claude', path: 'services/auth/x.ts' });
  expect(told.facts).toMatchObject({ mayWrite: true });
});

it('subagents of one client are agents of their own, and keep their epochs', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const parent = await client.join('claude');
  const reviewer = await client.join('claude.reviewer');
  expect(epochOf(reviewer)).not.toBe(epochOf(parent));
  expect((await client.acquire('claude', 'services/auth')).facts).toMatchObject({ status: 'granted' });
  const refused = await client.acquire('claude.reviewer', 'services/auth', { wait_seconds: 0 });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_HELD', holder: 'claude' } });
  const again = await client.join('claude.reviewer');
  expect(epochOf(again)).toBe(epochOf(reviewer));
});

it('joining twice in one process changes nothing, and warns whoever is somebody else', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const first = await client.join('claude');
  const second = await client.join('claude');
  expect(epochOf(second)).toBe(epochOf(first));
  expect(second.text).toContain('If you are not the one who joined before, take a name of your own');
});

it('a name that takes part from elsewhere is refused, and the session kept here is left alone', async () => {
  const stage = await openStage();
  const elsewhere = await stage.startClient();
  await elsewhere.join('claude');
  stage.sessions.files.clear();
  stage.sessions.keepers.clear();
  const client = await stage.startClient();
  const refused = await client.call('agent_join', { agent: 'claude' });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'NAME_IN_USE', free: 'claude-2' } });
  expect(refused.text).toContain('takes part already, and its session is not kept here');
  expect(stage.sessions.keepers.size).toBe(0);
});

it('two calls at once under a new name join once', async () => {
  const stage = await openStage();
  const client = await stage.startClient();
  const [one, other] = await Promise.all([client.join('claude'), client.join('claude')]);
  expect(epochOf(one)).toBe(epochOf(other));
});

it('whoever leaves gives everything back, and its name is free', async () => {
  const stage = await openStage();
  const first = await stage.startClient();
  await first.join('claude');
  await first.acquire('claude', 'services/auth');
  const left = await first.call('agent_report', { agent: 'claude', status: 'left' });
  expect(left.text).toBe('claude has LEFT, and gave back "services/auth".');
  expect(stage.sessions.files.size + stage.sessions.keepers.size).toBe(0);
  const second = await stage.startClient();
  expect((await second.join('claude')).text).toMatch(/^JOINED as claude/);
});
