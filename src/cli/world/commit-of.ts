import { runGit } from '../../repository/index.ts';

/** The commit that a folder's working tree lies on; null where there is none, or Git does not say. */
export async function commitOf(folder: string): Promise<string | null> {
  try {
    const said = await runGit({ cwd: folder, args: ['rev-parse', '--verify', '--quiet', 'HEAD'] });
    return said.toString('utf8').trim();
  } catch {
    return null;
  }
}

/** The commits that a folder's history begins with; null: there is none, it is shallow, or Git does not say it in time. */
export async function rootsOf(folder: string): Promise<readonly string[] | null> {
  const ask = async (...args: readonly string[]): Promise<string> =>
    (await runGit({ cwd: folder, args })).toString('utf8').trim();
  try {
    if ((await ask('rev-parse', '--is-shallow-repository')) !== 'false') return null;
    const roots = await ask('rev-list', '--max-parents=0', 'HEAD');
    return roots === '' ? null : roots.split('\n');
  } catch {
    return null;
  }
}

/** The same, asked of Git until it is known: of a long history that takes seconds. */
export function rootsOnceKnown(folder: () => string): () => Promise<readonly string[] | null> {
  let known: Promise<readonly string[] | null> | null = null;
  return async () => {
    known ??= rootsOf(folder());
    const roots = await known;
    if (roots === null) known = null;
    return roots;
  };
}
