import { isMap, isScalar, type YAMLMap } from 'yaml';
import { asDurationMs, quote, type DurationMs } from '../../core/index.ts';
import { parseDuration } from '../../config/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { YamlFile } from '../yaml/parse-yaml.ts';
import { errorAt } from './problems.ts';

/** What a scope says is to be run when it is synced. It comes with the repository: nobody has vouched for it. */
export interface SyncCommand {
  /** For a shell, in the scope's folder. 1 to 4,096 characters, without line breaks. */
  readonly run: string;
  /** It is ended after so long. 1 s to 24 h. */
  readonly timeoutMs: DurationMs;
}

export const syncTimeoutDefaultMs = asDurationMs(10 * 60_000);
const timeoutMinMs = 1_000;
const timeoutMaxMs = 24 * 3_600_000;
const runLengthMax = 4_096;

/** Reads `sync: { run: make test, timeout: 5m }`; null where nothing is to be run. Keys that are not ours are left alone. */
export function readSyncCommand(yaml: YamlFile, body: YAMLMap, problems: ScopeProblem[]): SyncCommand | null {
  const sync = yaml.resolve(body.get('sync', true));
  if (!isMap(sync) || !sync.has('run')) return null;
  const refuse = (key: string, trouble: string): null => {
    problems.push(errorAt('WRONG_TYPE', yaml.positionOf(sync.get(key, true)), `sync.${key} ${trouble}`));
    return null;
  };
  const run = scalarIn(yaml, sync, 'run');
  if (typeof run !== 'string' || run.trim() === '')
    return refuse(
      'run',
      `must be a command for the shell, such as 'npm test': write it as text, or take it out`,
    );
  if (run.trim().length > runLengthMax)
    return refuse('run', `is too long: at most ${runLengthMax} characters; put it into a script`);
  // What is shown before it is allowed is what is run.
  if (/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(run.trim()))
    return refuse('run', 'must be one line without control characters: put more into a script');
  const timeout = scalarIn(yaml, sync, 'timeout');
  if (timeout === null) return { run: run.trim(), timeoutMs: syncTimeoutDefaultMs };
  if (typeof timeout !== 'string' && typeof timeout !== 'number')
    return refuse('timeout', 'must be a duration, such as 5m');
  const parsed = parseDuration(timeout);
  if (!parsed.ok) return refuse('timeout', `: ${parsed.problem}`);
  if (parsed.value < timeoutMinMs || parsed.value > timeoutMaxMs)
    return refuse('timeout', `must be from 1s to 24h, and is ${quote(String(timeout))}`);
  return { run: run.trim(), timeoutMs: parsed.value };
}

/** Null: there is none, or nothing in it. */
function scalarIn(yaml: YamlFile, map: YAMLMap, key: string): unknown {
  const node = yaml.resolve(map.get(key, true));
  if (node === undefined) return null;
  return isScalar(node) ? node.value : node;
}
