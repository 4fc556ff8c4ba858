/** Texts that writers of context files have left beside them: killed before the log had what they were about to write. */
import { type ScopePath } from '../../core/index.ts';
import { stagedFile } from '../../participant/index.ts';
import type { Inspection, Repository } from './world.ts';

export interface StagedText {
  readonly path: string;
  /** The file whose place it was to take. */
  readonly file: string;
  /** Of the lock of its writer. */
  readonly token: number;
  /** Null: it is not whole, or not what its name says, so that only its name tells what it is. */
  readonly text: string | null;
}

/** Those that Git does not ignore. */
export async function stagedTexts(
  inspection: Pick<Inspection, 'filesThere' | 'contextFile'>,
  repository: Repository,
): Promise<readonly StagedText[]> {
  const paths = await inspection.filesThere(repository);
  return paths.flatMap((path) => {
    const staged = stagedFile(path);
    if (staged === null) return [];
    const look = inspection.contextFile(repository, path as ScopePath);
    if (look.kind === 'gone') return [];
    const isWhole = look.kind === 'read' && look.digest.startsWith(staged.digest);
    const { file, token } = staged;
    return [{ path, file, token, text: isWhole ? new TextDecoder().decode(look.bytes) : null }];
  });
}
