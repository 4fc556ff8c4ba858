import { bounded } from './bounded.ts';
import { codingClients } from './coding-clients.ts';
import { playWithHooks } from './hooked/index.ts';
import { installed } from './install.ts';
import { ClientPlay, type Player } from './play.ts';
import { prepareScratch } from './scratch.ts';
import { clientFaults } from './verdict.ts';

const timeLimitMs = 120_000;

type Tell = (text: string) => void;

/**
 * Lets real coding agents take turns on one scope, with models that we play: once each as the one that dies. Then lets them work
 * with hooks, never asking. Answers the faults that were found; null when the clients cannot be had here, which is told.
 */
export async function playWithClients(tell: Tell): Promise<readonly string[] | null> {
  const players = await findPlayers(tell);
  if (players === null) return null;
  const [one, other] = players;
  return [
    ...(await playOnce(one, other, tell)),
    ...(await playOnce(other, one, tell)),
    ...(await playWithHooks(tell)),
  ];
}

async function findPlayers(tell: Tell): Promise<[Player, Player] | null> {
  const players: Player[] = [];
  for (const client of codingClients) {
    try {
      players.push({ client, program: await installed(client.package, tell) });
    } catch (error) {
      tell(
        `skipped: ${client.title} cannot be had here (${error instanceof Error ? error.message : String(error)})`,
      );
      return null;
    }
  }
  return players as [Player, Player];
}

async function playOnce(first: Player, second: Player, tell: Tell): Promise<readonly string[]> {
  const startedAt = performance.now();
  const stage = prepareScratch();
  const play = await ClientPlay.begin(stage);
  try {
    const plot = await bounded(timeLimitMs, play.perform(first, second));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const versions = [first, second].map(({ client }) => `${client.title} ${client.package.version}`);
    tell(`${versions.join(' dies, and gives way to ')}: ${plot.entries.length} commands, ${seconds} s`);
    return clientFaults(plot);
  } finally {
    await play.end();
    stage.clear();
  }
}
