/** In which scopes some paths are. */
import { scopeAround, type ScopePath, type State } from '../core/index.ts';
import type { ScopesOfAnswer } from '../protocol/index.ts';

export function viewScopesOf(state: State, paths: readonly ScopePath[]): ScopesOfAnswer {
  return {
    revision: state.revision,
    scopes: paths.map((path) => scopeAround((each) => state.scopes.has(each), path)),
  };
}
