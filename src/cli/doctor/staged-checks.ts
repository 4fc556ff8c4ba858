import { quote } from '../../core/index.ts';
import { shellCommand } from '../format/text.ts';
import type { RepositoryFacts } from './facts.ts';
import { warning, type Finding } from './finding.ts';

/** What killed writers of context files have left beside them. Whoever holds the lock that it belongs to may be writing. */
export function checkStaged({ staged, coordination }: RepositoryFacts): readonly Finding[] {
  if (!staged.known || !coordination.known) return [];
  const living = new Set(coordination.value?.status.locks.map(({ token }) => Number(token)));
  return staged.value
    .filter(({ token }) => !living.has(token))
    .map(({ path, file }) =>
      warning(
        'context files',
        `${quote(path)} was left by a writer that was killed; nothing reads it`,
        `the next one that writes ${quote(file)} removes it, or: ${shellCommand('rm', path)}`,
      ),
    );
}
