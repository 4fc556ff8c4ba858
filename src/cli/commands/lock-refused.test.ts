import { describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { bobsHarness, startMs } from '../testing/harness.ts';
import { agentId, agentView, lockHeld, scopePath, scopeView, statusAnswer } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

const holding = (...asked: readonly string[]) =>
  refusalOf('AGENT_HOLDS_LOCK', 'no', {
    held: [scopePath('a')],
    asked: asked.map((path) => scopePath(path)),
    heldIn: [scopePath('a')],
    askedIn: asked.map((path) => scopePath(path)),
    maxLocksPerAgent: 1,
  });

describe('lock acquire that is refused', () => {
  it('teaches people whom it refuses: who, what for, since when, until when, and what to run next', async () => {
    const { harness } = bobsHarness({ submit: () => lockHeld });
    const { code, stdout, stderr } = await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr.replaceAll(/\d\d:\d\d:\d\d/g, 'hh:mm:ss')).toMatchInlineSnapshot(`
      "rhema: src/core is held by alice (LOCK_HELD)
        for: refactor auth
        since hh:mm:ss (3 min); until hh:mm:ss (in 1 min) unless renewed; 2 agents in the queue
        try: rhema lock acquire src/core --agent bob --wait
      "
    `);
  });

  it.each([
    [['--ttl', '3m', '--reason', 'the login'], "--ttl 3m --reason 'the login' --wait"],
    [['--wait', '5s'], '--wait 5s'],
    [['--wait'], '--wait'],
    // Asked for once more, it would be refused once more.
    [['--wait', '0s'], '--wait'],
  ])('drops nothing of %j from what it advises', async (words, advised) => {
    const { harness } = bobsHarness({ submit: () => lockHeld });
    const acquire = await harness.run('lock', 'acquire', 'a', '--agent', 'bob', ...words);
    expect(acquire.stderr).toContain(`\n  try: rhema lock acquire a --agent bob ${advised}\n`);
    const status = statusAnswer({ agents: [agentView({ agent: agentId('bob'), epoch: asRevision(3) })] });
    const runs = bobsHarness({ submit: () => lockHeld, answers: { status: () => status } }).harness;
    const run = await runs.run(
      'run',
      '--scope',
      'a',
      '--agent',
      'bob',
      ...words,
      '--no-kill-on-loss',
      '--',
      'ls',
    );
    expect(run.stderr).toContain(
      `\n  try: rhema run --scope a --agent bob ${advised} --no-kill-on-loss -- ...\n`,
    );
  });

  it.each([
    [['--direct'], 'rhema --direct lock acquire a --agent bob --wait'],
    [['-C', '/repo', '--direct'], 'rhema -C /repo --direct lock acquire a --agent bob --wait'],
  ])('advises a command that reaches the coordinator by the same way: %j', async (words, advised) => {
    const { harness } = bobsHarness({
      submit: () => lockHeld,
      answers: { status: () => statusAnswer({}) },
    });
    const { stderr } = await harness.run(...words, 'lock', 'acquire', 'a', '--agent', 'bob');
    expect(stderr).toContain(`\n  try: ${advised}\n`);
    const join = await harness.run(...words, 'lock', 'acquire', 'a', '--agent', 'carol');
    expect(join.stderr).toContain(advised.replace(/lock .*/, 'agent join carol'));
  });

  it('advises no line that is too long to copy', async () => {
    const { harness } = bobsHarness({ submit: () => lockHeld });
    const names = Array.from({ length: 400 }, (_, index) => `a${index}`);
    const { stderr } = await harness.run('lock', 'acquire', ...names, '--agent', 'bob');
    expect(stderr).toMatch(/\n {2}try: the same 400 names again, with --wait\n$/);
  });

  it('counts scopes, whatever it holds and asks for in them', async () => {
    const facts = {
      held: ['@git', 'a/one', 'a/two', 'b'],
      asked: ['c/one', 'c/two', 'c/three'],
      heldIn: ['.', 'a', 'b'],
      askedIn: ['c'],
      maxLocksPerAgent: 2,
    };
    const refusal = (more: object) => refusalOf('AGENT_HOLDS_LOCK', 'no', { ...facts, ...more });
    const asked = async (more: object): Promise<string> => {
      const { harness } = bobsHarness({ submit: () => refusal(more) });
      return (await harness.run('lock', 'acquire', ...facts.asked, '--agent', 'bob')).stderr;
    };
    expect(await asked({ heldIn: ['a', 'b'] })).toBe(
      'rhema: no (AGENT_HOLDS_LOCK)\n  try: rhema lock release a/one a/two --agent bob\n  try: rhema lock release b --agent bob\n',
    );
    expect(await asked({ held: ['c', 'top'], heldIn: ['.', 'c'], askedIn: ['c', 'd'] })).toContain(
      'try: rhema lock release top --agent bob\n',
    );
    expect(await asked({ askedIn: ['c', 'd', 'e'] })).toMatch(/in the rhema.yaml of the top folder\n$/);
  });

  it('advises what can be typed in the folder where it was asked', async () => {
    const inspection = { pathTyped: (_: unknown, cwd: string, path: string) => `${cwd}:${path}` };
    const status = statusAnswer({ agents: [agentView({ agent: agentId('bob'), epoch: asRevision(3) })] });
    const script = { submit: () => lockHeld, answers: { status: () => status } };
    const { harness } = bobsHarness(script, { inspection });
    const lines = [
      ['lock', 'acquire', 'a', '@git', '--agent', 'bob'],
      ['run', '--scope', 'a', '--scope', '@git', '--agent', 'bob', '--', 'ls'],
      ['-C', '/repo/api', 'lock', 'acquire', 'a', '--agent', 'bob'],
      ['lock', 'release', 'a', '--agent', 'bob'],
    ];
    const advised = [];
    for (const words of lines) advised.push(/try: (.*)/.exec((await harness.run(...words)).stderr)?.[1]);
    expect(advised).toEqual([
      'rhema lock acquire /repo:a @git --agent bob --wait',
      'rhema run --scope /repo:a --scope @git --agent bob --wait -- ...',
      'rhema -C /repo/api lock acquire /repo/api:a --agent bob --wait',
      'rhema lock acquire /repo:a --agent bob --wait',
    ]);
  });

  it('tells whom it refuses what ends the lock before its lease does', async () => {
    const endsBefore = { atMs: startMs + 30_000, cause: 'session' };
    const refusal = refusalOf('LOCK_HELD', lockHeld.message, { ...lockHeld.details, endsBefore });
    const { harness } = bobsHarness({ submit: () => refusal });
    const { stderr } = await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob');
    expect(stderr).toContain(
      '(in 30 s), when the session of alice ends unless renewed; 2 agents in the queue',
    );
  });

  it('names the scope that a misspelt one may mean', async () => {
    const unknown = refusalOf('SCOPE_NOT_FOUND', 'there is no scope "src/croe"', {
      scope: 'src/croe',
      near: [],
    });
    const { harness } = bobsHarness({
      submit: () => unknown,
      answers: {
        scopes: () => ({
          revision: asRevision(7),
          scopes: [scopeView('.'), scopeView('src/api'), scopeView('src/core')],
          problems: [],
        }),
      },
    });
    for (const verb of ['acquire', 'release', 'renew']) {
      const { code, stderr } = await harness.run('lock', verb, 'src/croe', '--agent', 'bob');
      expect(code).toBe(3);
      expect(stderr).toContain(
        'rhema: there is no scope "src/croe" (SCOPE_NOT_FOUND)\n  did you mean src/core?\n',
      );
      const next = verb === 'acquire' ? 'lock acquire src/core --agent bob' : 'scope list';
      expect(stderr).toContain(`?\n  try: rhema ${next}\n`);
    }
  });

  it('leads on to the scope that the refusal itself has found', async () => {
    const { harness } = bobsHarness({
      submit: () =>
        refusalOf('SCOPE_NOT_FOUND', 'no: did you mean src/core?', { scope: 'core', near: ['src/core'] }),
    });
    const { stderr } = await harness.run('lock', 'acquire', 'core', '--agent', 'bob');
    expect(stderr).toContain('\n  try: rhema lock acquire src/core --agent bob\n');
  });

  it.each([[['lock', 'acquire', 'src']], [['run', '--scope', 'src', '--', 'true']]])(
    'leads to rhema init where there are no scopes: %j',
    async (words) => {
      const { harness } = bobsHarness({
        submit: () =>
          refusalOf('SCOPE_NOT_FOUND', 'no', { scope: scopePath('src'), near: [], scopeCount: 0 }),
        answers: { scopes: () => ({ revision: asRevision(7), scopes: [], problems: [] }) },
      });
      const { code, stderr } = await harness.run(...words.toSpliced(2, 0, '--agent', 'bob'));
      expect(code).toBe(3);
      expect(stderr).toContain('there are no scopes here yet: rhema init derives them\n  try: rhema init\n');
    },
  );

  it.each([
    [
      refusalOf('LOCK_LIMIT_REACHED', 'no', { asked: 14, maxLocksPerAgent: 4 }),
      'max_locks_per_agent',
      '; this needs 14 there',
    ],
    [
      refusalOf('LOCK_LIMIT_REACHED', 'no', { asked: 1_001, maxLocksPerAgent: 4 }),
      'max_locks_per_agent',
      ': it cannot be more than 1000, so ask in parts',
    ],
    [
      refusalOf('FILE_LIMIT_REACHED', 'no', { held: 2, asked: 499, maxFilesPerAgent: 500 }),
      'max_files_per_agent',
      '; this needs 501 there',
    ],
    [
      refusalOf('RESOURCE_LIMIT_REACHED', 'no', { held: 4, asked: 1, maxResourcesPerAgent: 4 }),
      'max_resources_per_agent',
      '; this needs 5 there',
    ],
    [holding('b', 'c'), 'max_locks_per_agent', ''],
    [holding('b'), null, ''],
    [
      refusalOf('CONCURRENCY_LIMIT', 'no', {
        scopes: [],
        holders: [],
        maxConcurrentAgents: 3,
        queueLength: 0,
      }),
      'max_concurrent_agents',
      '',
    ],
  ])(
    'says where the bound stands that refuses, and what is asked of it: %j',
    async (refused, bound, needs) => {
      const { harness } = bobsHarness({ submit: () => refused });
      const { stderr } = await harness.run('lock', 'acquire', 'a', '--agent', 'bob');
      const told = `${bound} stands under agent_coordination in the rhema.yaml of the top folder${needs}\n`;
      if (bound === null) expect(stderr).not.toContain('agent_coordination');
      else expect(stderr).toContain(told);
    },
  );

  it('gives programs the code and the holder', async () => {
    const { harness } = bobsHarness({ submit: () => lockHeld });
    const { code, body } = await harness.json('lock', 'acquire', 'src/core', '--agent', 'bob');
    expect(code).toBe(3);
    expect(body).toMatchObject({
      ok: false,
      revision: 7,
      code: 'LOCK_HELD',
      details: { holder: 'alice', queueLength: 2, deadline: '2026-11-22T14:06:00.000Z' },
    });
  });

  it('prints what an agent has said without letting it drive the terminal', async () => {
    const details = { ...lockHeld.details, reason: 'x\u001b[2J\n\u009b31m\u202e' };
    const { harness } = bobsHarness({ submit: () => refusalOf('LOCK_HELD', lockHeld.message, details) });
    const people = await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob');
    expect(people.stderr).toContain('for: x\\u001b[2J\\n\\u009b31m\\u202e');
    const programs = await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--json');
    expect(programs.stdout).toContain('x\\u001b[2J\\n\\u009b31m\\u202e');
  });
});
