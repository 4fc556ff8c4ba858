import { asTimeMs, decide, initialState } from '../../core/index.ts';
import type { Rejection, ScopeDefinition, Settings } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { whileTelling } from '../process/live-line.ts';
import type { Inspection, Repository, Scan } from '../world/world.ts';

/** The scopes as the files of the repository say, and all that is wrong with them: in a file, or as a graph. */
export async function scopeFiles(
  call: Call,
  repository: Repository,
): Promise<{ readonly definitions: readonly ScopeDefinition[]; readonly problems: readonly ScopeProblem[] }> {
  return whileTelling(call, 'reading the scope files', () => scanWhole(call.world.inspection, repository));
}

/** What the files say, and whether their scopes can be in force together. */
export async function scanWhole(inspection: Pick<Inspection, 'scan'>, repository: Repository): Promise<Scan> {
  const scan = await inspection.scan(repository);
  return { ...scan, problems: [...scan.problems, ...graphProblems(scan.definitions, scan.settings)] };
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
