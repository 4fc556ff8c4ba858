/** In which scopes paths are, however many they are. */
import type { ScopePath } from '../core/index.ts';
import { scopesOfPathsMax, type Coordinator, type ScopesOfAnswer } from '../protocol/index.ts';

export interface PathAround {
  readonly scope: ScopePath | null;
  /** Whether it needs no lock. */
  readonly isFree: boolean;
  readonly claim: ScopesOfAnswer['claim'];
}

/** One for each path, in their order. The coordinator is asked for as many at once as it takes. */
export async function scopesOfPaths(
  coordinator: Pick<Coordinator, 'query'>,
  paths: readonly ScopePath[],
): Promise<readonly PathAround[]> {
  const found: PathAround[] = [];
  for (let from = 0; from < paths.length; from += scopesOfPathsMax) {
    const part = paths.slice(from, from + scopesOfPathsMax);
    const { scopes, free, claim } = await coordinator.query({ kind: 'scopesOf', paths: part });
    part.forEach((_, place) => {
      found.push({ scope: scopes[place] ?? null, isFree: free[place] === true, claim });
    });
  }
  return found;
}
