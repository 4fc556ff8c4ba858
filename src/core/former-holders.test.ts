import { describe, expect, it } from 'vitest';
import { agentId, filePath, Machine, scopePath } from '../../test/support/machine.ts';
import { asDurationMs, asRevision, asTimeMs } from './ids.ts';
import { endsOfScope, formerHolders, grantsOf, type FormerHolders, type GotLock } from './former-holders.ts';
import type { Entry } from './events.ts';
import { changedFilesShownMax, formerHoldersMax } from './limits.ts';

const day = 24 * 60 * 60 * 1_000;

/** What an agent is told of a lock that it got last. */
function told({ state, log, nowMs }: Machine, name: string, what: string): FormerHolders {
  const agent = agentId(name);
  const { epoch } = state.agents.get(agent) as { epoch: Entry['revision'] };
  const lock = [...state.locks.values()].find((each) => each.target === (what as typeof each.target));
  const ends = endsOfScope(scopePath('api'), log.toReversed());
  const begun = new Map(log.map((entry) => [entry.revision, entry]));
  expect(grantsOf(log).every((grant) => begun.has(grant))).toBe(true);
  return formerHolders({ agent, epoch }, lock as unknown as GotLock, ends, begun, asTimeMs(nowMs));
}

function machineOf(): Machine {
  const machine = new Machine({
    maxConcurrentAgents: 9,
    maxLocksPerAgent: 3,
    sessionTtlMs: asDurationMs(6 * day),
    lockTtlMaxMs: asDurationMs(5 * day),
  });
  machine.define({ api: [], docs: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

const release = (machine: Machine, name: string, files: readonly string[], count = files.length): void =>
  void machine.say({
    kind: 'ReleaseLock',
    agent: agentId(name),
    scopes: [scopePath('api')],
    token: null,
    changed: [
      { scope: scopePath('api'), files: files.map(filePath), count },
      { scope: scopePath('docs'), files: [], count: 0 },
    ],
  });

describe('who had a lock before', () => {
  it('is told with reason, end and changed files, from where the agent had it last', () => {
    const machine = machineOf();
    machine.acquire('carol', 'api');
    release(machine, 'carol', ['api/old.ts']);
    machine.acquire('alice', 'api');
    release(machine, 'alice', []);
    machine.acquire('bob', 'api', { reason: 'login' });
    release(machine, 'bob', ['api/a.ts', 'api/b.ts'], 40);
    machine.acquire('alice', 'api');
    expect(told(machine, 'alice', 'api')).toEqual({
      holders: [
        {
          agent: 'bob',
          targets: { names: ['api'], count: 1 },
          reason: 'login',
          end: expect.objectContaining({ kind: 'lock.released', cause: 'released' }) as unknown,
          revision: machine.state.revision - 1,
          atMs: machine.nowMs,
          changed: { files: ['api/a.ts', 'api/b.ts'], count: 40 },
        },
      ],
      left: 0,
    });
  });

  it('is nobody of the agent itself, nor who had what does not overlap', () => {
    const machine = machineOf();
    machine.acquire('alice', 'api');
    release(machine, 'alice', ['api/a.ts']);
    machine.acquire('bob', { scopes: [], files: [filePath('api/b.ts')] });
    machine.say({ kind: 'ReleaseLock', agent: agentId('bob'), scopes: null, token: null });
    machine.acquire('alice', { scopes: [], files: [filePath('api/a.ts')] });
    expect(told(machine, 'alice', 'api/a.ts')).toEqual({ holders: [], left: 0 });
    machine.acquire('carol', { scopes: [], files: [filePath('api/b.ts')] });
    expect(told(machine, 'carol', 'api/b.ts').holders).toMatchObject([
      { agent: 'bob', changed: null },
      { agent: 'alice' },
    ]);
  });

  it('is told to an agent that had it never only of the last day, and to one that had it of all since', () => {
    const machine = machineOf();
    machine.acquire('alice', 'api');
    release(machine, 'alice', []);
    machine.acquire('bob', 'api');
    machine.say({ kind: 'RevokeLock', scope: scopePath('api'), reason: null });
    machine.nowMs += day + 1;
    machine.acquire('carol', 'api');
    expect(told(machine, 'carol', 'api').holders).toEqual([]);
    release(machine, 'carol', ['api/c.ts']);
    machine.acquire('alice', 'api');
    expect(told(machine, 'alice', 'api').holders).toMatchObject([
      { agent: 'carol', changed: { count: 1 } },
      { agent: 'bob', end: { kind: 'lock.revoked' }, changed: null },
    ]);
  });

  it('are the last ones of many, and of one with many files some of them', () => {
    const machine = machineOf();
    const names = Array.from({ length: formerHoldersMax + 2 }, (_, number) => `agent${number}`);
    for (const name of names) {
      machine.join(name);
      machine.acquire(name, 'api');
      release(machine, name, []);
    }
    const files = Array.from({ length: changedFilesShownMax }, (_, number) => `api/${number}.ts`);
    machine.acquire('bob', 'api');
    release(machine, 'bob', files, 21);
    machine.acquire('alice', 'api');
    const { holders, left } = told(machine, 'alice', 'api');
    expect(holders).toHaveLength(formerHoldersMax);
    expect(left).toBe(3);
    expect(holders[0]?.changed).toMatchObject({ count: 21 });
  });

  it('are found at once among as many ends as are looked at', { timeout: 5_000 }, () => {
    const names = Array.from({ length: 500 }, (_, number) => filePath(`api/${number}.ts`));
    const entries = Array.from({ length: 100 }, (_, number): Entry => {
      const events = names.map((file) => {
        const token = asRevision(1_000 - number);
        const cause = 'released' as const;
        return {
          kind: 'lock.released' as const,
          scope: scopePath('api'),
          file,
          agent: agentId('bob'),
          token,
          cause,
        };
      });
      const revision = asRevision(2_000 - number);
      const [atMs, result] = [asTimeMs(1_000), { kind: 'released', scopes: [] } as const];
      return {
        revision,
        atMs,
        kind: 'ReleaseLock',
        agent: agentId('bob'),
        by: null,
        requestId: null,
        events,
        result,
      };
    });
    const ends = endsOfScope(scopePath('api'), entries);
    const who = { agent: agentId('alice'), epoch: asRevision(1) };
    for (const file of [undefined, ...names]) {
      const lock = { scope: scopePath('api'), ...(file && { file }), token: asRevision(3_000) };
      const { holders } = formerHolders(who, lock, ends, new Map(), asTimeMs(2_000));
      expect(holders[0]?.targets.count).toBe(file === undefined ? 500 : 1);
    }
  });

  it('says nothing of a grant that came later', () => {
    const machine = machineOf();
    machine.acquire('bob', 'api');
    release(machine, 'bob', []);
    const lock = { scope: scopePath('api'), token: asRevision(1) };
    const { state, log } = machine;
    const { epoch } = state.agents.get(agentId('alice')) as { epoch: Entry['revision'] };
    const ends = endsOfScope(scopePath('api'), log.toReversed());
    expect(
      formerHolders({ agent: agentId('alice'), epoch }, lock, ends, new Map(), state.timeMs).holders,
    ).toEqual([]);
  });
});
