/** A repository in which there is nothing yet: no commit, no scope, no log. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({});
  rmSync(join(sandbox.worktree, 'rhema.yaml'));
  rmSync(sandbox.commonDir, { recursive: true });
  sandbox.git('init', '--quiet');
});
afterEach(() => sandbox.clear());

it('has nothing that could be broken, and says what is missing', async () => {
  const { exitCode, envelope } = await rhemaJson(sandbox, 'safety', 'validate');
  expect(exitCode).toBe(0);
  expect(envelope).toMatchObject({
    scopes: 0,
    contextFiles: 0,
    findings: [{ rule: 'NO_SCOPES', severity: 'warning' }],
  });
});

it('is sound once somebody asks the coordinator, and nothing is open or past', async () => {
  expect(await rhema(sandbox, 'safety', 'check')).toMatchObject({ code: 0 });
  const { envelope } = await rhemaJson(sandbox, 'safety', 'violations', '--past');
  expect(envelope).toMatchObject({ open: [], past: [] });
});
