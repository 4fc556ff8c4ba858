import { createTwoFilesPatch } from 'diff';
import type { FileChange } from './file-change.ts';

/** The changes as a unified diff that `git apply` takes. */
export function patchOf(changes: readonly FileChange[]): string {
  return changes.map(patchOfOne).join('');
}

function patchOfOne({ file, before, after }: FileChange): string {
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${file}`,
    after === null ? '/dev/null' : `b/${file}`,
    before ?? '',
    after ?? '',
  );
  return patch.replace(/^=+\n/, '');
}
