import type { ConfigSources } from './load.ts';
import type { LoadedConfig } from './loaded.ts';

export { formatDuration, parseDuration } from './duration.ts';
export {
  configBlock,
  defaultConfig,
  withoutBlock,
  isSetting,
  optionOf,
  options,
  settingsOf,
  type Config,
} from './options.ts';
export { besideSettings, configEntries, configReference, explainOption } from './describe.ts';
export { type ConfigEntry, type LoadedConfig } from './loaded.ts';
export { slotVariable } from './values.ts';
export { patternText, scalar } from './yaml-text.ts';
export { nearestOption } from './nearest-option.ts';
export { homeOfStray } from './homes.ts';
export { nearest, nearestPath } from './nearest.ts';

/** See `load.ts`. Loaded, with the YAML library, on first use only: most commands never read the file. */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  return (await import('./load.ts')).loadConfig(sources);
}
