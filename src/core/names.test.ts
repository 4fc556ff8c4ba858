import { describe, expect, test } from 'vitest';
import { agentId, codeOf, Machine } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';
import { asSessionId } from './ids.ts';
import { skeletonOf } from './names.ts';
import { defaultSettings } from './settings.ts';
import { decodeState, encodeState } from './snapshot.ts';
import { decide } from './decide.ts';

function join(machine: Machine, name: string): Decision {
  return machine.say({ kind: 'AgentJoin', agent: agentId(name), session: asSessionId(name), metadata: {} });
}

describe('a name that reads like that of a known agent', () => {
  test.each([
    ['claude', 'Claude'],
    ['claude', 'c1aude'],
    ['claude', 'cIaude'],
    ['codex-10', 'codex-lO'],
    ['team/claude-2', 'team-claude_2'],
    ['me@host', 'me.host'],
    ['a--b', 'a-b'],
    ['modem', 'modern'],
    ['wren', 'vvren'],
  ])('is refused beside %s: %s', (known, similar) => {
    const machine = new Machine({}, { audited: true });
    join(machine, known);
    expect(join(machine, similar)).toMatchObject({
      rejection: {
        code: 'NAME_TOO_SIMILAR',
        details: { agent: similar, similar: known, presence: 'present' },
      },
    });
  });

  test.each([
    ['claude', 'claude-2'],
    ['claude-1', 'claude-2'],
    ['agent-11', 'agent1-1'],
    ['agent', 'agents'],
    ['claude', 'daude'],
  ])('is not what %s and %s are', (known, other) => {
    const machine = new Machine();
    join(machine, known);
    expect(codeOf(join(machine, other))).toBe('committed');
  });

  test('is refused also while that agent is lost, and taken once it has left', () => {
    const machine = new Machine({}, { audited: true });
    join(machine, 'claude');
    machine.advance(defaultSettings.sessionTtlMs);
    expect(join(machine, 'Claude')).toMatchObject({ rejection: { details: { presence: 'lost' } } });
    expect(codeOf(join(machine, 'claude'))).toBe('committed');
    machine.say({ kind: 'AgentLeave', agent: agentId('claude') });
    expect(codeOf(join(machine, 'Claude'))).toBe('committed');
    expect(codeOf(join(machine, 'claude'))).toBe('NAME_TOO_SIMILAR');
    expect(machine.state.index.names.size).toBe(1);
  });

  test('is known from a snapshot as well', () => {
    const machine = new Machine();
    join(machine, 'claude');
    const twin = decodeState(encodeState(machine.state));
    const command = machine.complete({
      kind: 'AgentJoin',
      agent: agentId('CLAUDE'),
      session: asSessionId('s'),
      metadata: {},
    });
    expect(codeOf(decide(twin, command))).toBe('NAME_TOO_SIMILAR');
  });

  test('keeps two that an older version let in apart: each may join again', () => {
    const machine = new Machine();
    join(machine, 'claude');
    const text = encodeState(machine.state);
    const stored = JSON.parse(text) as { agents: { id: string }[] };
    stored.agents.push({ ...stored.agents[0], id: 'Claude' });
    const twin = decodeState(JSON.stringify(stored));
    expect([...(twin.index.names.get(skeletonOf('claude')) ?? [])].toSorted()).toEqual(['Claude', 'claude']);
  });
});
