import { bounded, Interrupted } from '../bounded.ts';
import { installed } from '../install.ts';
import { Duet } from './duet.ts';
import type { HookedPlayer } from './hooked-agent.ts';
import { hookedCodex, newClaude, oldClaude } from './hooked-clients.ts';
import { Scenes, type Scene } from './scenes.ts';
import { Workshop } from './workshop.ts';

const timeLimitMs = 180_000;

type Tell = (text: string) => void;

/** Each is once the one that holds what another one comes to want. */
const pairs = [
  [newClaude, hookedCodex],
  [hookedCodex, oldClaude],
  [oldClaude, newClaude],
] as const;

/**
 * Lets real coding agents work in one repository whose hooks `rhema init --client` has written, with models that never ask rhema
 * for anything. Answers the faults that were found.
 */
export async function playWithHooks(tell: Tell): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [first, second] of pairs) {
    const cast = [await player(first, tell), await player(second, tell)] as const;
    faults.push(...(await playDuet(...cast, tell)));
  }
  return faults;
}

const player = async (client: HookedPlayer['client'], tell: Tell): Promise<HookedPlayer> => ({
  client,
  program: await installed(client.package, tell),
});

async function playDuet(first: HookedPlayer, second: HookedPlayer, tell: Tell): Promise<readonly string[]> {
  const startedAt = performance.now();
  const [one, other] = [first, second].map(({ client }) => `${client.title} ${client.package.version}`);
  tell(`\n${one}, and then ${other}, with hooks; neither asks rhema for anything`);
  const workshop = new Workshop(['claude', 'codex']);
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
      playScenes(new Scenes(duet, first, second), ({ told, faults: found }) => {
        tell(found.length === 0 ? `  ok     ${told}` : `  FAULT  not so: ${told}`);
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
