/** An agent that works on until it is told to finish or is killed. It says what it does, so that it can be killed there. */
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { RecordingAgent } from './recording-agent.mjs';

const { dist, commonDir, ownerCommand, version, ...briefing } = JSON.parse(process.argv[2]);
const { scopes, ttlMs, workMs } = briefing;

let chance = briefing.seed;
/** A whole number below the bound, from a seeded source (a linear congruential one: little is asked of it). */
function below(bound) {
  chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((chance / 2 ** 32) * bound);
}

let order = 'work';
let onOrder = () => {};
process.on('message', (message) => {
  order = message.order;
  onOrder();
});
const say = (phase, facts) => process.send({ phase, ...facts });

function choose() {
  const [first, second] = [below(scopes.length), below(scopes.length)];
  const isPair = first < second && below(2) === 0;
  return isPair ? [scopes[first], scopes[second]] : [scopes[first]];
}

/** Holds on to what it has, renewing, until told otherwise. */
async function holdOn(agent, chosen) {
  say('parked', { scopes: chosen });
  while (order === 'park') {
    await Promise.race([pause(ttlMs / 4), new Promise((resolve) => (onOrder = resolve))]);
    await agent.heartbeat();
  }
}

const client = await import(pathToFileURL(join(dist, 'client', 'index.js')).href);
const coordinator = await client.connect({ commonDir, version, startOwner: ownerCommand });
const agent = new RecordingAgent(coordinator, briefing, client);
await agent.join();
for (let turns = 1; order !== 'finish'; turns += 1) {
  const chosen = order === 'park' ? [scopes[0]] : choose();
  const locks = await agent.acquire(chosen, ttlMs, () => say('waiting', { scopes: chosen }));
  if (locks !== null) {
    say('holding', { scopes: chosen });
    if (order === 'park') await holdOn(agent, chosen);
    else await pause(below(workMs));
    await agent.release(locks);
  }
  say('free', { turns });
  await pause(below(workMs));
}
await agent.close();
process.disconnect();
