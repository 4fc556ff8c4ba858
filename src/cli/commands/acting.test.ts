import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Rejection, Result } from '../../core/index.ts';
import type { CallerCommand } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs } from '../testing/harness.ts';
import { agentId, agentView, grant, scopePath, statusAnswer } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

const alice = agentId('alice');
const resumed: Result = {
  kind: 'resumed',
  agent: alice,
  epoch: asRevision(3),
  sessionDeadlineMs: asTimeMs(startMs),
  locks: [grant('src/core')],
  ticket: null,
};

type Answer = Result | Rejection | Error;

/** Alice has joined from this account; a client keeps her. */
function kept(answer: (command: CallerCommand) => Answer = () => resumed): {
  readonly harness: Harness;
  readonly coordinator: FakeCoordinator;
} {
  const coordinator = new FakeCoordinator({
    submit: answer,
    answers: {
      status: () => statusAnswer({ agents: [agentView({ metadata: { program: 'claude-code' } })] }),
    },
  });
  const harness = new Harness({ coordinator, sessions: [{ ...session('alice'), secret: 'old' }] });
  harness.occupants.set(alice, { pid: 99, sinceMs: startMs - 60_000 });
  return { harness, coordinator };
}

const acts = [
  ['lock', 'acquire', 'src/core'],
  ['lock', 'release'],
  ['lock', 'renew', 'src/core'],
  ['lock', 'cancel'],
  ['agent', 'leave'],
  ['agent', 'heartbeat'],
  ['agent', 'set', 'idle'],
  ['sync', 'start', 'src/core'],
  ['sync', 'complete', 'src/core', '--run', '3'],
  ['sync', 'fail', 'src/core', '--run', '3', '--error', 'no'],
  ['run', '--scope', 'src/core'],
];

describe('an agent that lives in a client', () => {
  it.each(acts.map((words) => [words]))('does not act by %j', async (words) => {
    const { harness, coordinator } = kept();
    const more = words[0] === 'run' ? ['--', 'make'] : [];
    const { code, stderr } = await harness.run(...words, '--agent', 'alice', ...more);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /alice lives in claude-code \(pid 99, since \S+, 1 min ago\), and acts there only: .*--take-over.* \(AGENT_KEPT\)\n$/,
    );
    expect(coordinator.commands).toEqual([]);
    expect(harness.children).toEqual([]);
  });

  it('is not joined again', async () => {
    const { harness, coordinator } = kept();
    const { code, body } = await harness.json('agent', 'join', 'alice');
    expect([code, body['code']]).toEqual([3, 'AGENT_KEPT']);
    expect(body['details']).toMatchObject({ agent: 'alice', program: 'claude-code', pid: 99 });
    expect(coordinator.commands).toEqual([]);
  });

  it('can be looked at', async () => {
    const { harness } = kept();
    expect((await harness.run('agent', 'status', 'alice')).code).toBe(0);
  });
});

describe('--take-over', () => {
  const released: Result = { kind: 'released', scopes: [scopePath('src/core')] };
  const answer = (command: CallerCommand): Answer => (command.kind === 'AgentResume' ? resumed : released);

  it('acts under a session of its own, which the log tells, and the client is no occupant any more', async () => {
    const { harness, coordinator } = kept(answer);
    const { code, stderr } = await harness.run('lock', 'release', '--agent', 'alice', '--take-over');
    expect([code, stderr]).toEqual([
      0,
      'rhema: alice was taken over from process 99, which is refused from now on\n',
    ]);
    expect(coordinator.commands).toMatchObject([
      {
        kind: 'AgentResume',
        agent: 'alice',
        secret: 'old',
        newSecret: 'secret',
        way: 'takeOver',
        from: 'olga',
      },
      { kind: 'ReleaseLock', agent: 'alice', secret: 'secret' },
    ]);
    expect(harness.sessions.get(alice)?.secret).toBe('secret');
    expect(harness.occupants.size).toBe(0);
  });

  it('changes nothing where nobody keeps the agent', async () => {
    const { harness, coordinator } = kept(answer);
    harness.occupants.clear();
    expect((await harness.run('lock', 'release', '--agent', 'alice', '--take-over')).code).toBe(0);
    expect(coordinator.commands).toMatchObject([{ kind: 'ReleaseLock', secret: 'old' }]);
  });

  it('that is refused leaves the session as it was', async () => {
    const refused = refusalOf('SESSION_MISMATCH', 'another session');
    const { harness } = kept(() => refused);
    const { code, stderr } = await harness.run('lock', 'release', '--agent', 'alice', '--take-over');
    expect([code, stderr]).toEqual([3, 'rhema: another session (SESSION_MISMATCH)\n']);
    expect(harness.sessions.get(alice)?.secret).toBe('old');
    expect(harness.occupants.size).toBe(1);
  });

  it('of which nobody heard an answer keeps the secret that may count by now', async () => {
    const { harness } = kept(() => new Error('gone'));
    expect((await harness.run('lock', 'release', '--agent', 'alice', '--take-over')).code).toBe(1);
    expect(harness.sessions.get(alice)?.secret).toBe('secret');
  });

  it('of a join goes on as the agent, with what it holds', async () => {
    const { harness, coordinator } = kept();
    const { code, stdout } = await harness.run('agent', 'join', 'alice', '--take-over');
    expect(code).toBe(0);
    expect(stdout).toContain('alice is taken over (epoch 3); it holds src/core\nuse --agent alice');
    expect(coordinator.commands.map(({ kind }) => kind)).toEqual(['AgentResume']);
  });

  it('of a join is a plain join when the coordinator knows the agent no more', async () => {
    const lost = refusalOf('AGENT_LOST', 'lost');
    const joined: Result = {
      kind: 'joined',
      agent: alice,
      epoch: asRevision(9),
      sessionDeadlineMs: asTimeMs(startMs),
    };
    const { harness, coordinator } = kept(({ kind }) => (kind === 'AgentResume' ? lost : joined));
    const { code, stdout } = await harness.run('agent', 'join', 'alice', '--take-over');
    expect([code, stdout.slice(0, 28)]).toEqual([0, 'alice has joined (epoch 9); ']);
    expect(coordinator.commands.map(({ kind }) => kind)).toEqual(['AgentResume', 'AgentJoin']);
    expect(harness.occupants.size).toBe(0);
  });
});
