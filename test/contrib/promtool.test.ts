import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { packageRoot } from '../withstand/support/paths.ts';

const promtool = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync('promtool', args, { cwd: packageRoot, encoding: 'utf8' });

/** Continuous integration takes it from a package of Debian's. */
const isHere = promtool('--version').error === undefined;

it.runIf(isHere)('promtool: each alert comes where it has to, and only there', () => {
  const { status, stdout, stderr } = promtool('test', 'rules', 'contrib/prometheus/rhema.rules.test.yaml');
  expect([status, `${String(stdout)}${String(stderr)}`]).toEqual([0, expect.stringContaining('SUCCESS')]);
});
