/** `derive-scopes plan|write|discover|refresh FOLDER`: prints the milliseconds that it took. */
import { findRepository, scanRepository } from '../../src/repository/index.ts';
import { applyChanges, prepareInit, prepareRefresh } from '../../src/init/index.ts';
import { argument } from '../harness/children.ts';
import { timeMs } from '../harness/timing.ts';

const env = {};
const automatic = { depth: null, leaveOut: [], raise: true, agents: 8, hooks: false };
const [step, folder] = [argument(0), argument(1)];
const repository = await findRepository({ cwd: folder, env });

async function planInit(): Promise<Parameters<typeof applyChanges>> {
  const prepared = await prepareInit({ repository, env, stage: 'default', derive: false, layout: null });
  return [prepared.root, prepared.plan(automatic).changes];
}

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  plan: planInit,
  write: async () => applyChanges(...(await planInit())),
  discover: () => scanRepository(repository, { previous: null, env }),
  refresh: async () => (await prepareRefresh({ repository, env }))?.plan(automatic),
};

const run = steps[step];
if (run === undefined) throw new Error(`no such step: ${step}`);
process.stdout.write(JSON.stringify(await timeMs(run)));
