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
