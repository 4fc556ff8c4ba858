/**
 * Writes a log of at least so many entries into a folder through the service, and ends as if it were killed: with all
 * but the last moment's work in the log, and long after the last snapshot.
 */
import { argument } from '../harness/children.ts';
import { joinCallers, lockCycles } from '../harness/cycles.ts';
import { defineScopes, openLocalLog } from '../harness/local-log.ts';

/** As many as one batch takes: the log is written as fast as it can be. */
const writers = 512;
const sliceMs = 20;
/** Entries after the last snapshot: the owner would keep another one soon. */
const behindSnapshot = 9_000;

const length = Number(argument(1));
const { service, store } = await openLocalLog(argument(0));
const callers = await joinCallers(service, await defineScopes(service, writers));
while (!(await isLongEnough())) await lockCycles(callers, sliceMs);
await store.close();
process.stdout.write('null', () => process.exit());

async function isLongEnough(): Promise<boolean> {
  const { last } = await store.bounds();
  const snapshot = await store.loadSnapshot();
  return last >= length && last - (snapshot?.revision ?? 0) >= behindSnapshot;
}
