/** Logs that older versions wrote, under rules that are no more. */
import { describe, expect, it } from 'vitest';
import { agentId, committed, Machine, scopePath } from '../../test/support/machine.ts';
import { asSessionId, initialState, type Entry, type Event } from '../core/index.ts';
import type { Finding } from './finding.ts';
import { loadFormCheck } from './form.ts';
import { LogVerifier } from './verifier.ts';

async function verify({ initialSettings }: Machine, log: readonly unknown[]): Promise<Finding | null> {
  const verifier = new LogVerifier(initialState(initialSettings), { checkForm: await loadFormCheck() });
  for (const entry of log) {
    const found = verifier.take(entry as Entry);
    if (found !== null) return found;
  }
  return null;
}

const session = (digit: string): ReturnType<typeof asSessionId> => asSessionId(digit.repeat(64));

function newMachine(): Machine {
  const machine = new Machine();
  machine.define({ a: [], b: [] });
  machine.say({ kind: 'AgentJoin', agent: agentId('alice'), session: session('a'), metadata: {} });
  machine.say({ kind: 'AgentJoin', agent: agentId('bob'), session: session('b'), metadata: {} });
  return machine;
}

describe('a log of an older version is sound', () => {
  it('when locks and waits ended with their scope', async () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('bob', 'a', { wait: 'open' });
    const [token, ticket] = [machine.token('a'), machine.state.revision];
    const decision = committed(machine.say({ kind: 'RemoveScope', scope: scopePath('a') }));
    expect(decision.events).toEqual([{ kind: 'scope.withdrawn', scope: 'a' }]);
    const events: readonly object[] = [
      { kind: 'ticket.ended', ticket, agent: 'bob', cause: 'scopeRemoved' },
      { kind: 'lock.released', scope: 'a', agent: 'alice', token, cause: 'scopeRemoved' },
      { kind: 'scope.removed', scope: 'a' },
    ];
    const result = { kind: 'scopesDefined', added: [], changed: [], removed: ['a'] };
    const last = { ...machine.log.at(-1), events: events as readonly Event[], result };
    expect(await verify(machine, [...machine.log.slice(0, -1), last])).toBeNull();
    // It is not believed blindly: what it leaves must be a state of the machine.
    const torn = { ...last, events: events.slice(1) };
    expect(await verify(machine, [...machine.log.slice(0, -1), torn])).toMatchObject({
      revision: last.revision,
    });
  });

  it('when two agents had names that read alike, or one that is a word of the coordinator now', async () => {
    const machine = newMachine();
    const entry = machine.log.at(-1);
    for (const name of ['A1ice', 'operator']) {
      const events = [{ kind: 'agent.joined', agent: name, session: session('c'), metadata: {} }];
      const result = { ...entry?.result, agent: name };
      expect(
        await verify(machine, [...machine.log.slice(0, -1), { ...entry, agent: name, events, result }]),
      ).toBeNull();
    }
  });

  it('when grants did not say what was held already', async () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.acquire('alice', 'a');
    const text = JSON.stringify(machine.log);
    const older = text.replace(/,"already":true,"sinceMs":\d+/, '');
    expect(older).not.toBe(text);
    expect(await verify(machine, JSON.parse(older) as Entry[])).toBeNull();
    const half = text.replace(/,"sinceMs":\d+/, '');
    expect(await verify(machine, JSON.parse(half) as Entry[])).toMatchObject({ kind: 'DIFFERS' });
  });

  it('and one of this version, in which another process goes on as an agent, is sound as well', async () => {
    const machine = newMachine();
    const resume = { kind: 'AgentResume', agent: agentId('alice'), newSession: session('d') } as const;
    committed(machine.say({ ...resume, way: 'takeOver', from: 'a shell' }));
    machine.acquire('alice', 'a', { reason: 'one' });
    machine.acquire('alice', 'a', { reason: 'two' });
    machine.define({ b: [] });
    machine.say({ kind: 'DefineScopes', scopes: [], mayBeEmpty: true });
    machine.define({ a: [], b: [] });
    machine.release('alice', 'a');
    expect(await verify(machine, machine.log)).toBeNull();
  });
});
