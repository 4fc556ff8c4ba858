/** Fills a log of its own with agents and scopes, each agent holding a lock, and says what memory that took. */
import { BenchAgent } from '../harness/agent.ts';
import { argument } from '../harness/children.ts';
import { defineScopes, openLocalLog } from '../harness/local-log.ts';

export interface MemoryAnswer {
  /** What the process holds once all is in place, in bytes. */
  readonly residentBytes: number;
  /** The most it ever held, in bytes. */
  readonly peakBytes: number;
}

const log = await openLocalLog(argument(0));
const scopes = await defineScopes(log.service, Number(argument(1)));
await Promise.all(
  scopes.map(async (scope, index) => (await BenchAgent.join(log.service, `agent-${index}`)).acquire(scope)),
);
const answer: MemoryAnswer = {
  residentBytes: process.memoryUsage.rss(),
  peakBytes: process.resourceUsage().maxRSS * 1_024,
};
await log.close();
process.stdout.write(JSON.stringify(answer));
