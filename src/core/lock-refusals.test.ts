import { describe, expect, it } from 'vitest';
import { agentId, filePath, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import type { SendAsOperator } from './commands.ts';

const port = resourceName('@port');
const files = (...paths: string[]) => ({ scopes: [], files: paths.map(filePath) });

function machineOf(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2, resources: { [port]: 2 } });
  machine.define({ src: [], lib: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

const messageOf = (decision: Decision): string =>
  decision.kind === 'rejected' ? decision.rejection.message : decision.kind;

describe('what is not free is not called free', () => {
  it('where who gives back a file holds the whole', () => {
    const machine = machineOf();
    machine.acquire('alice', 'src');
    const release = { kind: 'ReleaseLock', agent: agentId('alice'), token: null } as const;
    expect(messageOf(machine.say({ ...release, ...files('src/a.ts') }))).toBe(
      'the lock of src/a.ts is not held by alice (it holds src): nothing was given back',
    );
  });

  it.each([
    ['a file of what is held', 'src', { file: filePath('src/a.ts') }, 'src/a.ts itself, but src by alice'],
    [
      'the whole of whose files are held',
      files('src/a.ts', 'src/b.ts'),
      { scope: scopePath('src') },
      'src itself, but src/a.ts by alice, src/b.ts by alice',
    ],
  ])('where an operator takes back %s', (_what, held, name, told) => {
    const machine = machineOf();
    machine.acquire('alice', held);
    expect(messageOf(machine.say({ kind: 'RevokeLock', ...name, reason: null }))).toBe(
      `nobody holds ${told}: name what is to be revoked`,
    );
  });

  it('where an operator takes back another slot than the one that is held', () => {
    const machine = machineOf();
    for (const name of ['alice', 'carol']) machine.acquire(name, { scopes: [], resources: [port] });
    const revoke = { kind: 'RevokeLock', resource: port, reason: null } as const;
    machine.say({ ...revoke, slot: 1 });
    expect(messageOf(machine.say(revoke))).toBe(
      'nobody holds slot 1 of @port itself, but slot 2 of @port by carol: name what is to be revoked',
    );
  });

  it('where who holds the whole asks for a file that is kept for another', () => {
    const machine = machineOf();
    machine.acquire('alice', 'src');
    machine.acquire('bob', files('src/a.ts'), { wait: 60_000 });
    expect(messageOf(machine.acquire('alice', files('src/a.ts')))).toBe(
      'src/a.ts is kept for bob, who has waited longest; alice holds src, and needs no other lock to write what that covers',
    );
  });
});

it('a sentence names the first of many targets, and how many more there are', () => {
  const machine = machineOf();
  const many = Array.from({ length: 500 }, (_, number) =>
    filePath(`src/${String(number).padStart(3, '0')}.ts`),
  );
  machine.acquire('alice', { scopes: [], files: many.slice(1) });
  machine.acquire('bob', files('src/000.ts'));
  machine.acquire('bob', { scopes: [], files: many }, { wait: 60_000 });
  const told = messageOf(machine.acquire('bob', 'lib'));
  expect(told).toContain('src/010.ts and 489 more');
  expect(told.length).toBeLessThan(300);
});

describe('who says something to whoever holds a scope', () => {
  const to = { kind: 'holder', scope: scopePath('src') } as const;
  const said = { to, messageKind: 'info', text: 'hello' } as const;

  it('and holds it alone, is not told to acquire it', () => {
    const machine = machineOf();
    machine.acquire('alice', 'src');
    expect(messageOf(machine.say({ kind: 'SendMessage', agent: agentId('alice'), ...said }))).toBe(
      'nobody but alice holds src: there is nobody to ask',
    );
  });

  it('as an operator is not told to acquire it, either', () => {
    const command: Pick<SendAsOperator, 'kind'> & typeof said = { kind: 'SendAsOperator', ...said };
    expect(messageOf(machineOf().say(command))).toBe('nobody holds src: there is nobody to tell');
  });
});
