import { bounded, Interrupted } from '../bounded.ts';
import { installed } from '../install.ts';
import { Duet } from './duet.ts';
import type { HookedPlayer } from './hooked-agent.ts';
import { hookedCodex, newClaude, oldClaude, type HookedClient } from './hooked-clients.ts';
import { copilot, gemini, opencode } from './more-clients.ts';
import { Scenes, type Scene } from './scenes.ts';
import { Workshop } from './workshop.ts';

const timeLimitMs = 300_000;

type Tell = (text: string) => void;

/** Each is once the one that holds what another one comes to want. */
const pairs = [
  [newClaude, hookedCodex],
  [hookedCodex, oldClaude],
  [oldClaude, newClaude],
  [gemini, copilot],
  [copilot, opencode],
  [opencode, gemini],
] as const;

/**
 * Lets real coding agents work in one repository whose hooks `rhema init --client` has written, with models that never ask rhema
 * for anything. Answers the faults that were found; a client that cannot be had is told, and left out.
 */
export async function playWithHooks(tell: Tell): Promise<readonly string[]> {
  const players = new Map<HookedClient, HookedPlayer | null>();
  for (const client of new Set(pairs.flat())) players.set(client, await playerOf(client, tell));
  const faults: string[] = [];
  for (const [first, second] of pairs) {
    const [holder, waiter] = [players.get(first) ?? null, players.get(second) ?? null];
    if (holder !== null && waiter !== null) faults.push(...(await playDuet(holder, waiter, tell)));
  }
  return faults;
}

async function playerOf(client: HookedClient, tell: Tell): Promise<HookedPlayer | null> {
  try {
    return { client, program: await installed(client.package, tell) };
  } catch (error) {
    tell(`not tried: ${client.title}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function playDuet(first: HookedPlayer, second: HookedPlayer, tell: Tell): Promise<readonly string[]> {
  const startedAt = performance.now();
  const [one, other] = [first, second].map(({ client }) => `${client.title} ${client.package.version}`);
  tell(`\n${one}, and then ${other}, with hooks; neither asks rhema for anything`);
  const workshop = new Workshop(new Set([first, second].map(({ client }) => client.name)));
  try {
    return await playIn(workshop, first, second, tell);
  } finally {
    workshop.clear();
    tell(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

async function playIn(
  workshop: Workshop,
  first: HookedPlayer,
  second: HookedPlayer,
  tell: Tell,
): Promise<readonly string[]> {
  const duet = await Duet.begin(workshop);
  const faults: string[] = [];
  try {
    await bounded(
      timeLimitMs,
      playScenes(new Scenes(duet, first, second), ({ told, isPlayed, faults: found }) => {
        const mark = !isPlayed ? 'not tried: ' : found.length === 0 ? 'ok     ' : 'FAULT  not so: ';
        tell(`  ${mark}${told}`);
        faults.push(...found);
      }),
    );
    return faults;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // The scenes after it are not played: each stands on those before it.
    return [...faults, error instanceof Error ? error.message : String(error)];
  } finally {
    await duet.end();
  }
}

async function playScenes(scenes: Scenes, tellScene: (scene: Scene) => void): Promise<void> {
  for await (const scene of scenes.play()) tellScene(scene);
}
