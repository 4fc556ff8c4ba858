import { asTimeMs, decide, initialState } from '../../core/index.ts';
import type { Rejection, ScopeDefinition, Settings } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { whileTelling } from '../process/live-line.ts';
import type { Repository } from '../world/world.ts';

/** The scopes as the files of the repository say, and all that is wrong with them: in a file, or as a graph. */
export async function scopeFiles(
  call: Call,
  repository: Repository,
): Promise<{ readonly definitions: readonly ScopeDefinition[]; readonly problems: readonly ScopeProblem[] }> {
  const { definitions, settings, problems } = await whileTelling(call, 'reading the scope files', () =>
    call.world.inspection.scan(repository),
  );
  return { definitions, problems: [...problems, ...graphProblems(definitions, settings)] };
}

/** What the machine itself would say to this graph. */
function graphProblems(scopes: readonly ScopeDefinition[], settings: Settings): ScopeProblem[] {
  const decision = decide(initialState(settings), {
    kind: 'DefineScopes',
    atMs: asTimeMs(0),
    requestId: null,
    by: 'validate',
    scopes,
  });
  return decision.kind === 'rejected' ? [problemOf(decision.rejection)] : [];
}

function problemOf({ code, message }: Rejection): ScopeProblem {
  return { code, severity: 'error', file: null, line: null, column: null, message };
}
