/** Interfaces that are wrong on purpose: each must be caught, or the walks prove nothing. */
import { describe, expect, it } from 'vitest';
import type { Answer, Face, Shown } from './face.ts';
import { cliKind, clientKind, mcpKindWith } from './kinds.ts';
import type { CallTool, ToolAnswer } from './mcp-connection.ts';
import { retrace, tour, type FaceKind } from './tour.ts';

/** What is wrong with a face; the rest is passed on to the right one. */
type Wrong = (right: Face) => Partial<Face>;

function wrongly(kind: FaceKind, wrong: Wrong): FaceKind {
  return {
    ...kind,
    open: async (stage, route) => {
      const right = await kind.open(stage, route);
      return {
        waits: right.waits,
        perform: (command) => right.perform(command),
        befall: (fault, agent) => right.befall(fault, agent),
        look: () => right.look(),
        inWords: (command) => right.inWords(command),
        end: () => right.end(),
        ...wrong(right),
      };
    },
  };
}

async function reportOn(kind: FaceKind, model: string, wrong: Wrong): Promise<string> {
  return (await tour(wrongly(kind, wrong), model, 'edges')).report ?? 'no difference';
}

const changedAnswer = (right: Face, change: (answer: Answer) => Answer): Partial<Face> => ({
  perform: async (command) => change(await right.perform(command)),
});

const changedLook = (right: Face, change: (shown: Shown) => Shown): Partial<Face> => ({
  look: async () => change(await right.look()),
});

describe('an interface that is wrong is caught', () => {
  it('when it swallows a release and says that it was done', async () => {
    const report = await reportOn(clientKind, 'Locks22c2', (right) => ({
      perform: async (command) =>
        command.kind === 'ReleaseLock' && command.token === null
          ? { code: null, revision: (await right.look()).status.revision, told: {} }
          : right.perform(command),
    }));
    expect(report).toMatch(/client on Locks22c2 differs at step \d+: ReleaseLock\(a\d,s\d\)!LOCK_NOT_HELD\n/);
    expect(report).toMatch(/expected: LOCK_NOT_HELD.*\n +seen: +UNCHANGED/);
  });

  it('when it calls two refusals by the same code', async () => {
    const report = await reportOn(cliKind, 'Locks22c2', (right) =>
      changedAnswer(right, (answer) =>
        answer.code === 'LOCK_HELD' ? { ...answer, code: 'AGENT_HOLDS_LOCK' } : answer,
      ),
    );
    expect(report).toMatch(/expected: LOCK_HELD,.*\n +seen: +AGENT_HOLDS_LOCK,/);
  });

  it('when it answers with a revision of the past', async () => {
    const report = await reportOn(clientKind, 'Hold21', (right) =>
      changedAnswer(right, (answer) => ({ ...answer, revision: 1 })),
    );
    expect(report).toContain('answered at revision 1, but');
  });

  it('when it shows the queue without its last ticket', async () => {
    const report = await reportOn(clientKind, 'Hold21', (right) =>
      changedLook(right, ({ status, ...rest }) => ({
        ...rest,
        status: { ...status, waiters: status.waiters.slice(0, -1) },
      })),
    );
    expect(report).toContain(': AcquireLock(');
  });

  it('when it hands out a token that is not larger than all before', async () => {
    const report = await reportOn(clientKind, 'Hold21', (right) =>
      changedLook(right, ({ status, ...rest }) => ({
        ...rest,
        status: {
          ...status,
          locks: status.locks.map((lock) => ({ ...lock, token: 1 as typeof lock.token })),
        },
      })),
    );
    expect(report).toContain('is granted with the token 1, not a larger one');
  });

  it('when it hears an agent that is down', async () => {
    const report = await reportOn(clientKind, 'Sessions21', (right) =>
      changedLook(right, ({ status, ...rest }) => ({
        ...rest,
        status: { ...status, agents: status.agents.map((agent) => ({ ...agent, presence: 'present' })) },
      })),
    );
    expect(report).toMatch(/expected: accepted, (L|.*;L)/);
  });

  it('when it says that settings wait which have taken force', async () => {
    const report = await reportOn(clientKind, 'Configure32', (right) => ({
      perform: async (command) => {
        const answer = await right.perform(command);
        return command.kind === 'Configure' && command.settings.maxConcurrentAgents === 1
          ? { ...answer, code: 'SETTINGS_IN_USE' }
          : answer;
      },
    }));
    expect(report).toMatch(
      /: Configure\(1\)(!UNCHANGED)?\n +expected: (accepted|UNCHANGED),.*\n +seen: +SETTINGS_IN_USE,/,
    );
  });

  it('when it makes an agent anew in place of going on as it', async () => {
    const report = await reportOn(cliKind, 'Sessions21', (right) => ({
      perform: async (command) => {
        if (command.kind !== 'AgentResume') return right.perform(command);
        const { agent, requestId, atMs, newSession: session } = command;
        return right.perform({ kind: 'AgentJoin', agent, session, metadata: {}, requestId, atMs });
      },
    }));
    expect(report).toMatch(
      /: AgentResume\(a\d\)!AGENT_NOT_FOUND\n +expected: AGENT_NOT_FOUND,.*\n +seen: +accepted,/,
    );
  });

  it('when it tells a waiting agent in vain that it waited in vain', async () => {
    const report = await reportOn(clientKind, 'Hold21', (right) => ({
      perform: async (command) => {
        const answer = await right.perform(command);
        const agents = Array.from(right.waits, ({ agent }) => agent);
        right.waits.clear();
        for (const agent of agents)
          right.waits.add({ agent, end: () => Promise.resolve({ isGranted: false, told: {} }) });
        return answer;
      },
    }));
    expect(report).toContain('is told that its wait was in vain: the contrary is shown');
  });
});

describe('MCP that is wrong is caught', () => {
  const report = async (model: string, between: Parameters<typeof mcpKindWith>[0]): Promise<string> =>
    (await tour(mcpKindWith(between), model, 'edges')).report ?? 'no difference';

  it('when a tool says that it has released, and has not', async () => {
    const found = await report('Hold21', (call) => async (name, args, signal) => {
      if (name !== 'lock_release') return call(name, args, signal);
      return { text: 'RELEASED "s1".', isError: false, facts: { released: ['s1'], ticket: null } };
    });
    expect(found).toMatch(/mcp on Hold21 differs at step \d+: ReleaseLock\(a\d,s1\)!LOCK_NOT_HELD\n/);
    expect(found).toContain('lock_release {"agent":"a1","scopes":["s1"]}');
  });

  it('when the text of a refusal has another code than its facts', async () => {
    const found = await report(
      'Sync12',
      changed((answer) => ({ ...answer, text: answer.text.replace(/^SCOPE_NOT_FOUND/, 'SYNC_FAILED') })),
    );
    expect(found).toMatch(/expected: SCOPE_NOT_FOUND,.*\n +seen: +SCOPE_NOT_FOUND in the text SYNC_FAILED:/);
  });

  it('when a grant is told with the token of another', async () => {
    const found = await report(
      'Hold21',
      changed((answer) => ({
        ...answer,
        facts: answer.facts['status'] === 'granted' ? { ...answer.facts, locks: wrongLocks } : answer.facts,
      })),
    );
    expect(found).toContain('no such lock: {"scope":"s1","token":2}');
  });

  it('when a tool says that it goes on as an agent, and does not', async () => {
    const found = await report('Sessions21', (call) => async (name, args, signal) => {
      if (name !== 'agent_join' || args['resume'] !== true) return call(name, args, signal);
      return { text: 'RESUMED as a1, where it left off.', isError: false, facts: {} };
    });
    expect(found).toMatch(/mcp on Sessions21 differs at step \d+: AgentResume\(a\d\)\n/);
  });

  it('when its text shows a lease that is longer than it is', async () => {
    const found = await report(
      'Hold21',
      changed((answer) => ({ ...answer, text: answer.text.replace(/lease \d+ s more/, 'lease 9 s more') })),
    );
    expect(found).toContain('a1.9.~.~');
  });

  it('when its text leaves out who waits', async () => {
    const found = await report(
      'Hold21',
      changed((answer) => ({ ...answer, text: answer.text.replace(/\n- \S+ waits for .*/g, '') })),
    );
    expect(found).toMatch(/mcp on Hold21 differs at step \d+: AcquireLock\(a\d,s1,wait\)\n/);
  });

  it('when nobody tells an agent what came while it did not wait', async () => {
    const silent = report(
      'Multi22',
      changed((answer) => ({ ...answer, text: answer.text.replace(/^(GRANTED|WAIT ENDED) .*\n/, '') })),
    );
    await expect(silent).rejects.toThrow('nothing is told of a wait that ended');
  });
});

const wrongLocks = [{ scope: 's1', token: 2 }];

const changed =
  (change: (answer: ToolAnswer) => ToolAnswer) =>
  (call: CallTool): CallTool =>
  async (name, args, signal) =>
    change(await call(name, args, signal));

describe('the report on a difference', () => {
  const deaf: Wrong = (right) => ({
    perform: (command) =>
      command.kind === 'RenewLock'
        ? Promise.resolve({ code: 'LOCK_NOT_HELD', revision: null, told: {} })
        : right.perform(command),
  });

  it('shows the shortest path that differs, as it is typed, and how to walk it again', async () => {
    const report = await reportOn(cliKind, 'Hold21', deaf);
    const lines = report.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'cli on Hold21 differs at step 2: RenewLock(a1,s1)',
      '  expected: accepted, w.~.~;i.~.~|u;u|a1.2.~.~||=|i.~.0.~|-|',
    ]);
    expect(lines).toContain('    rhema lock acquire s1 --agent a1 --wait --json');
    expect(lines.at(-1)).toBe(
      "    npm run spec:paths -- again cli Hold21 'AcquireLock(a1,s1,wait)' 'RenewLock(a1,s1)'",
    );
  });

  it('is the same when the path is walked again', async () => {
    const labels = ['AcquireLock(a1,s1,wait)', 'RenewLock(a1,s1)'];
    const report = await retrace(wrongly(cliKind, deaf), 'Hold21', labels);
    expect(report).toBe(await reportOn(cliKind, 'Hold21', deaf));
    expect(await retrace(cliKind, 'Hold21', labels)).toBeNull();
  });
});
