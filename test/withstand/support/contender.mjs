/** One of several processes that take turns on a few scopes, each turn seen by a witness outside of the coordinator. */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RecordingAgent } from './recording-agent.mjs';

const briefing = JSON.parse(process.argv[2]);
const load = (module) => import(pathToFileURL(join(briefing.dist, module)).href);

async function openCoordinator(client) {
  const { worktree, commonDir, ownerCommand, version } = briefing;
  if (!briefing.direct) return client.connect({ commonDir, version, startOwner: ownerCommand });
  const { openDirect } = await load('daemon/index.js');
  return openDirect({ repository: { worktree, gitDir: commonDir, commonDir }, version });
}

/** Whoever is inside leaves a mark; to find another's means that two hold the lock. */
function witnessed({ scope, token }) {
  const mark = join(briefing.witness, `${scope}.inside`);
  const line = `${token} ${briefing.name}\n`;
  try {
    writeFileSync(mark, line, { flag: 'wx' });
  } catch {
    appendFileSync(join(briefing.witness, 'overlaps'), `${scope} ${line}`);
    return;
  }
  appendFileSync(join(briefing.witness, `${scope}.turns`), line);
  rmSync(mark);
}

const client = await load('client/index.js');
const agent = new RecordingAgent(await openCoordinator(client), briefing, client);
await agent.join();
for (let cycle = 0; cycle < briefing.cycles; cycle += 1) {
  // Each process its own sequence, so that they meet on every scope.
  const scope = briefing.scopes[(briefing.place + cycle + (cycle >> 3)) % briefing.scopes.length];
  const locks = await agent.acquire([scope], null);
  if (locks === null) throw new Error('a wait ended without the lock');
  witnessed(locks[0]);
  await agent.release(locks);
  // Answers that write nothing are the ones that could be stale.
  if (cycle % 5 === 2) await agent.status();
  if (cycle % 5 === 4) await agent.release([{ scope, token: null }]);
  if (cycle % 50 === 49) await agent.heartbeat();
}
await agent.close();
