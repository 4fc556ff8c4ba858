import { statSync } from 'node:fs';
import { statePaths } from '../../client/index.ts';
import { servedRoutes } from '../../http/index.ts';
import { Metrics } from '../../metrics/index.ts';
import type { Repository } from '../../repository/index.ts';
import { ruleNames } from '../../safety/index.ts';
import { systemTime } from '../../time/index.ts';
import { logRuleNames } from '../../verify/index.ts';

/** Each is counted by its own name. */
const countedRules = [...ruleNames, ...logRuleNames];

/** The figures of this process. */
export function newMetrics(version: string): Metrics {
  return new Metrics({ version, rules: countedRules, routes: servedRoutes }, systemTime, {
    startedAtMs: Date.now() - process.uptime() * 1_000,
    memoryBytes: () => process.memoryUsage.rss(),
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    },
  });
}

/** Size of the log's file, with what is not moved into it yet. */
export function logBytesOf({ commonDir }: Repository): () => number {
  const { database } = statePaths(commonDir);
  return () =>
    [database, `${database}-wal`]
      .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);
}
