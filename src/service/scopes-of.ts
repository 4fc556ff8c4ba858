/** In which scopes some paths are. */
import { isFree, scopeAround, type ScopePath, type State } from '../core/index.ts';
import type { ScopesOfAnswer } from '../protocol/index.ts';

export function viewScopesOf(state: State, paths: readonly ScopePath[]): ScopesOfAnswer {
  const { settings } = state;
  const scopes = paths.map((path) => scopeAround((each) => state.scopes.has(each), path));
  return {
    revision: state.revision,
    scopes,
    free: paths.map((path, index) => path !== scopes[index] && isFree(settings, path)),
    claim: settings.claimLevel,
  };
}
