import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerCommandKinds, commandSchemas } from '../protocol/command-schemas.ts';
import type { CallerCommand, Principal, Role } from '../protocol/index.ts';
import { mayBe, refusalOf } from './may.ts';

const principal = (role: Role, ...agents: readonly string[]): Principal => ({ name: 'ci', role, agents });

/** Of a kind, as alice or as an operator, as its schema has it; the rule looks at nothing else. */
function commandOf(kind: CallerCommand['kind']): CallerCommand {
  const who = 'agent' in commandSchemas[kind].shape ? { agent: 'alice' } : { by: 'olga' };
  return { kind, ...who } as CallerCommand;
}

/** Written down, so that a new command is given to agents by intent alone. */
const agentsOwn = [
  'AgentJoin',
  'AgentLeave',
  'AgentResume',
  'Heartbeat',
  'SetAgentStatus',
  'AcquireLock',
  'ReleaseLock',
  'RenewLock',
  'SendMessage',
  'ReadMessages',
  'CancelWait',
  'ContextModify',
  'StartSync',
  'CompleteSync',
  'FailSync',
];

it('knows every command that there is', () => {
  expect(callerCommandKinds).toEqual(expect.arrayContaining(agentsOwn));
  expect(callerCommandKinds.length).toBeGreaterThan(agentsOwn.length);
});

describe.each(callerCommandKinds)('%s', (kind) => {
  const command = commandOf(kind);
  const isAgents = agentsOwn.includes(kind);

  it('is said by an operator', () => {
    expect(refusalOf(principal('operator'), command)).toBeNull();
  });

  it('is not said by an observer', () => {
    expect(refusalOf(principal('observer', 'alice', '*'), command)).toMatchObject({
      code: 'FORBIDDEN',
      message: `the token ci may only look, not ${kind}: that needs a token with another role`,
      details: { token: 'ci' },
      retryable: false,
    });
  });

  it(`is ${isAgents ? '' : 'not '}said by an agent under its own name`, () => {
    const refusal = refusalOf(principal('agent', 'bob', 'al*'), command);
    if (isAgents) expect(refusal).toBeNull();
    else
      expect(refusal).toMatchObject({
        code: 'FORBIDDEN',
        message: `the token ci may not ${kind}: that needs a token with the role operator`,
      });
  });

  it('is not said by an agent under the name of another', () => {
    expect(refusalOf(principal('agent', 'bob', 'carol-*'), command)).toMatchObject({
      code: 'FORBIDDEN',
      details: { token: 'ci' },
      ...(isAgents ? { message: 'the token ci may not act as alice: only as bob, carol-*' } : {}),
    });
  });
});

it.each([
  [['bob', 'carol-*'], 'carol-alice'],
  [['*-bot'], 'alice-bot'],
  [['bob'], undefined],
  [[], undefined],
])('under the names %j the refusal has a name that is like it and let in: %s', (names, fits) => {
  const refusal = refusalOf(principal('agent', ...names), commandOf('Heartbeat'));
  expect(refusal?.details['fits']).toBe(fits);
  if (fits !== undefined) expect(mayBe(principal('agent', ...names), fits)).toBe(true);
});

it('an agent of no name acts as nobody', () => {
  expect(refusalOf(principal('agent'), commandOf('Heartbeat'))?.message).toBe(
    'the token ci may not act as alice: only as nobody',
  );
});

describe('takes part under a name', () => {
  it.each([
    ['operator', true],
    ['observer', false],
    ['agent', false],
  ] as const)('%s of no names: %s', (role, may) => {
    expect(mayBe(principal(role), 'alice')).toBe(may);
  });

  it('no observer, whatever names stand there', () => {
    expect(mayBe(principal('observer', 'alice', '*'), 'alice')).toBe(false);
  });

  it.each([
    ['alice', 'alice'],
    ['*', 'alice'],
    ['*', ''],
    ['ci-*', 'ci-'],
    ['ci-*', 'ci-7'],
    ['*-ci', 'a-ci'],
    ['a*b*c', 'abc'],
    ['a*b*c', 'axbbcbc'],
    ['a**c', 'ac'],
    ['*a*', 'xax'],
    ['ab*ba', 'abba'],
  ])('%s fits %s', (pattern, name) => {
    expect(mayBe(principal('agent', 'nobody', pattern), name)).toBe(true);
  });

  it.each([
    ['alice', 'alice2'],
    ['alice', 'Alice'],
    ['', 'alice'],
    ['ci-*', 'ci'],
    ['ci-*', 'xci-7'],
    ['*-ci', 'a-ci-b'],
    ['ab*ba', 'aba'],
    ['a*b*c', 'acb'],
    ['a*bc*c', 'abc'],
    ['a.c', 'abc'],
    ['a?c', 'abc'],
    ['[ab]', 'a'],
  ])('%s does not fit %s', (pattern, name) => {
    expect(mayBe(principal('agent', 'nobody', pattern), name)).toBe(false);
  });

  const few = fc.constantFrom('a', 'b', '.', '-');
  const patternText = fc.string({ unit: fc.oneof(few, fc.constant('*')), maxLength: 8 });
  const nameText = fc.string({ unit: few, maxLength: 8 });

  it('agrees with an expression of the engine', () => {
    fc.assert(
      fc.property(patternText, nameText, (pattern, name) => {
        const expression = new RegExp(
          `^${pattern.replaceAll(/[.-]/g, String.raw`\$&`).replaceAll('*', '.*')}$`,
        );
        expect(mayBe(principal('agent', pattern), name)).toBe(expression.test(name));
      }),
      { numRuns: 5_000 },
    );
  });

  it('no pattern makes it slow', () => {
    // With a matcher that goes back to every star, this would not end.
    expect(mayBe(principal('agent', '*a'.repeat(60)), `${'a'.repeat(100_000)}b`)).toBe(false);
  });
});
