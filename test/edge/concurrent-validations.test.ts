/** Many checks of one repository at once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.clear());

const notes = 'api/.rhema/todos.yaml';

it('all find the same, and what they find begins once and ends once', async () => {
  sandbox = new Sandbox({ api: [] }, { safety_validation: { auto_recovery: false } });
  sandbox.write(`repository/${notes}`, 'todos: []\n');
  expect(await rhema(sandbox, 'context', 'record', notes)).toMatchObject({ code: 0 });
  const checks = async (): Promise<readonly (number | null)[]> => {
    const all = Array.from({ length: 6 }, (_, place) =>
      rhema(sandbox, 'safety', place % 2 === 0 ? 'check' : 'validate'),
    );
    return (await Promise.all(all)).map(({ code }) => code);
  };
  writeFileSync(join(sandbox.worktree, notes), '}{');
  expect(await checks()).toEqual([3, 3, 3, 3, 3, 3]);
  writeFileSync(join(sandbox.worktree, notes), 'todos: []\n');
  expect(await checks()).toEqual([0, 0, 0, 0, 0, 0]);
  const { envelope } = await rhemaJson(sandbox, 'log', '--event', 'violation');
  const entries = envelope['entries'] as readonly { events: readonly { kind: string; rule: string }[] }[];
  const told = entries.flatMap(({ events }) => events.map(({ kind, rule }) => `${kind} ${rule}`));
  expect(new Set(told).size).toBe(told.length);
  expect(told).toContain('violation.ended CONTEXT_FILE_BROKEN');
  expect(told).toContain('violation.ended YAML_SYNTAX');
  expect(await rhema(sandbox, 'verify-log')).toMatchObject({ code: 0 });
});
