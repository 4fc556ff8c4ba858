import type { Settings } from '../../core/index.ts';
import type { Call } from '../call.ts';

/** What the coordinator decides by: the server where one is named, else the one that runs here. Null: none runs, and none is started. */
export async function settingsInForce(call: Call): Promise<Settings | null> {
  const repository = await call.repository();
  if (repository.server === undefined) return call.world.owner.settings(repository);
  const coordinator = await call.coordinator();
  return (await coordinator.query({ kind: 'status', at: null })).settings;
}
