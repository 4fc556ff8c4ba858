/**
 * Test files that are not in `npm test`: models that are explored whole, campaigns of the simulation, real processes and
 * repositories by the dozen; each takes five seconds or more on a quiet machine. The longest first: so they are run, since one
 * that began last would keep only one processor busy in the end.
 */
export const slowTests: readonly string[] = [
  'sim/faults.test.ts',
  'src/cli/hook/serve-hook.test.ts',
  'src/cli/hook/enrolment.test.ts',
  'src/cli/hook/wake.test.ts',
  'src/cli/hook/before-shell.test.ts',
  'src/cli/hook/before-drop.test.ts',
  'src/cli/hook/before-index.test.ts',
  'test/spec/large-models.test.ts',
  'test/spec/conformance.test.ts',
  'test/spec/pictures.test.ts',
  'test/init/uninstall-misplaced.test.ts',
  'test/withstand/run.test.ts',
  'test/git/commits.test.ts',
  'test/git/merges.test.ts',
  'test/git/after.test.ts',
  'test/git/commit-command.test.ts',
  'test/git/husky.test.ts',
  'test/edge/auto-recovery.test.ts',
  'test/edge/git-corruption.test.ts',
  'test/edge/concurrent-validations.test.ts',
  'test/edge/agent-crash.test.ts',
  'test/edge/mcp-disconnect.test.ts',
  'test/edge/resource-exhaustion.test.ts',
  'test/withstand/planted.test.ts',
  'test/spec/mutants.test.ts',
  'bench/experiment/experiment.test.ts',
  'test/withstand/two-shells.test.ts',
  'test/withstand/context.test.ts',
  'test/withstand/sync.test.ts',
  'src/cli/world/context.test.ts',
  'test/withstand/kill.test.ts',
  'test/withstand/hook-kills.test.ts',
  'test/withstand/serve.test.ts',
  'test/withstand/token-names.test.ts',
  'test/withstand/serve-load.test.ts',
  'test/withstand/serve-several.test.ts',
  'test/withstand/followed.test.ts',
  'test/withstand/serve-socket.test.ts',
  'test/withstand/two-hosts.test.ts',
  'test/mcp/http-processes.test.ts',
  'test/withstand/top.test.ts',
  'test/withstand/webhooks.test.ts',
  'test/mcp/processes.test.ts',
  'sim/sim.test.ts',
  'test/spec/mutants/guards.test.ts',
  'test/paths/client.test.ts',
  'test/withstand/contention.test.ts',
  'test/contrib/promtool.test.ts',
  'test/contrib/proxies.test.ts',
  'src/core/visible.test.ts',
  'src/daemon/owner.test.ts',
  'test/paths/wrong-faces.test.ts',
  'test/core/explorer.test.ts',
  'test/withstand/hostile-storage.test.ts',
  'test/init/uninstall.test.ts',
  'test/withstand/uninstall.test.ts',
  'test/init/migrate.test.ts',
  'test/init/typical.test.ts',
  'test/init/refresh-command.test.ts',
  'test/init/meant.test.ts',
  'test/init/hand-written.test.ts',
  'test/init/left-aside.test.ts',
  'test/paths/processes.test.ts',
  'test/examples/examples.test.ts',
  'test/withstand/hostile-input.test.ts',
  'test/init/javascript-imports.test.ts',
  'test/mcp/stdio.test.ts',
  'test/trace/trace.test.ts',
  'test/transcript/transcript.test.ts',
  'src/repository/scopes/scale.test.ts',
  'test/paths/cli.test.ts',
  'src/repository/scopes/scan-memory.test.ts',
  'test/withstand/hidden-text.test.ts',
  'test/paths/mcp.test.ts',
  'test/withstand/full-disk.test.ts',
  'test/init/command.test.ts',
  'test/init/refresh-options.test.ts',
  'test/init/refresh.test.ts',
  'src/repository/hostile.test.ts',
  'test/docs/docs.test.ts',
  'src/cli/commands/fit.test.ts',
  'src/store/sqlite/damage.test.ts',
  'test/core/hammer.test.ts',
  'test/init/trouble.test.ts',
  'test/init/size.test.ts',
  'test/init/published.test.ts',
  'test/core/model.test.ts',
  'src/verify/mutations.test.ts',
  'test/init/shapes.test.ts',
  'test/init/existing.test.ts',
  'test/init/moved.test.ts',
  'src/shell/bash.test.ts',
];

/** Whether only that runs for which continuous integration has time; `npm run test:all` has all. */
export const isInTime = process.env['TEST_MODE'] === 'slow';

/** Of many trials those for which continuous integration has time: one of every `few`. */
export function inTime<Trial>(trials: readonly Trial[], few: number): readonly Trial[] {
  return isInTime ? trials.filter((_trial, place) => place % few === 0) : trials;
}

/** Those of them that `--mode slow` leaves out as well, for their length: `npm run test:all` has them. */
export const campaigns: readonly string[] = ['test/spec/large-models.test.ts'];

/**
 * Test files of `npm test` that need a process of their own, since they replace modules or the clock. All others share the
 * modules that they load: such a test puts back what it changes of its process.
 */
export const aloneTests: readonly string[] = [
  'src/cli/commands/hooks/named-server.test.ts',
  'src/repository/git/regular-file.test.ts',
  'src/repository/git/git-patience.test.ts',
  'src/init/files/staging.test.ts',
  'src/service/invariants.test.ts',
  'src/store/sqlite/failures.test.ts',
  'src/daemon/client.test.ts',
];
