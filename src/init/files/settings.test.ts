import { describe, expect, it } from 'vitest';
import { settingLines, withSettings, type BlockSetting } from './settings.ts';

const free: BlockSetting = { key: 'free', add: ['yarn.lock', '**/.changeset/**'] };
const locks: BlockSetting = { key: 'max_locks_per_agent', value: 6 };

describe('options are set in the block, and all else stays byte for byte', () => {
  it.each([
    [
      'that says nothing of them',
      'name: x # mine\nagent_coordination:\n  enabled: true # yes\nversion: 1\n',
      'name: x # mine\nagent_coordination:\n  enabled: true # yes\n  max_locks_per_agent: 6\n  free:\n    - yarn.lock\n    - "**/.changeset/**"\nversion: 1\n',
    ],
    [
      'that says something else',
      'agent_coordination:\n  # why\n  max_locks_per_agent: 4 # four\n  free:\n    - CHANGES.md # grows\n',
      'agent_coordination:\n  # why\n  max_locks_per_agent: 6 # four\n  free:\n    - CHANGES.md # grows\n    - yarn.lock\n    - "**/.changeset/**"\n',
    ],
    [
      'that says some of it',
      'agent_coordination:\n  free: [yarn.lock]\n  max_locks_per_agent: 6\n',
      'agent_coordination:\n  free: [yarn.lock, "**/.changeset/**"]\n  max_locks_per_agent: 6\n',
    ],
    [
      'in braces',
      'agent_coordination: { enabled: true, free: [a] }\n',
      'agent_coordination: { enabled: true, free: [a, yarn.lock, "**/.changeset/**"], max_locks_per_agent: 6 }\n',
    ],
    [
      'under rhema',
      'rhema:\n  agent_coordination:\n    enabled: true\n',
      'rhema:\n  agent_coordination:\n    enabled: true\n    max_locks_per_agent: 6\n    free:\n      - yarn.lock\n      - "**/.changeset/**"\n',
    ],
  ])('%s', (_title, before, after) => {
    expect(withSettings(before, [locks, free])).toBe(after);
  });
});

it.each([
  ['no block', 'name: x\n'],
  ['no map', 'agent_coordination: 3\n'],
  ['a list that is none', 'agent_coordination:\n  free: yarn.lock\n'],
  ['no valid YAML', 'agent_coordination: [\n'],
])('nothing is set where there is %s', (_title, text) => {
  expect(withSettings(text, [free])).toBeNull();
});

it('as lines they are what a person would write', () => {
  expect(settingLines([locks, free])).toEqual([
    'max_locks_per_agent: 6',
    'free:',
    '  - yarn.lock',
    '  - "**/.changeset/**"',
  ]);
});
