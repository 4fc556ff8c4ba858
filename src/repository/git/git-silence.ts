import { statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';

/** Once Git did not answer, for so long it is not given its whole time again. */
const rememberedMs = 20_000;
/** Enough to see that whatever held it up is gone. */
const patienceAfterSilenceMs = 1_000;

/**
 * Whether Git has lately fallen silent here. What one call waits for (a pipe among the ignore files, a dead disk) the next one
 * waits for as well, and a command asks Git several times: so it waits for one of them, and not for each.
 */
export class GitSilence {
  #fellSilentAtMs = -Infinity;

  /** How long to wait for a call that may take so long. */
  patienceMs(timeoutMs: number): number {
    const isRecent = performance.now() - this.#fellSilentAtMs < rememberedMs;
    return isRecent ? Math.min(timeoutMs, patienceAfterSilenceMs) : timeoutMs;
  }

  /** A call was not answered. One that had its whole time tells; the short ones after it only repeat that. */
  fell(): void {
    const nowMs = performance.now();
    if (nowMs - this.#fellSilentAtMs >= rememberedMs) this.#fellSilentAtMs = nowMs;
  }
}

/** Git's own files that each of its commands may open, and waits for where they are pipes. */
const ownFiles = [
  'HEAD',
  'commondir',
  'config',
  'config.worktree',
  'index',
  'packed-refs',
  'shallow',
  'info/exclude',
  'info/attributes',
  'info/sparse-checkout',
  'objects/info/alternates',
];

/** The pipe for which Git would wait for ever in a folder that is, or has, its own; null when none is seen. */
export function pipeInTheWay(cwd: string, named: string | undefined): string | null {
  const folders = [join(cwd, '.git'), cwd, ...(named === undefined ? [] : [resolve(cwd, named)])];
  // Pipes in a working tree are no business of Git's.
  for (const folder of folders.filter(isGitFolder))
    for (const name of ownFiles) if (isPipe(join(folder, name))) return join(folder, name);
  return null;
}

/** Read by what asks which files are ignored: the one at the top, at which Git would wait before any other. */
export function ignoreFileInTheWay(cwd: string, args: readonly string[]): string | null {
  const asksForIgnored = args[0] === 'check-ignore' || args.includes('--exclude-standard');
  const file = join(cwd, '.gitignore');
  return asksForIgnored && isPipe(file) ? file : null;
}

/** By its folders alone: which of its files are as they should be is the question. */
function isGitFolder(folder: string): boolean {
  return ['objects', 'refs'].every((name) => look(join(folder, name))?.isDirectory() === true);
}

const isPipe = (path: string): boolean => look(path)?.isFIFO() === true;

function look(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
