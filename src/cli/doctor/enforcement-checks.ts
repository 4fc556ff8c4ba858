/** What holds agents off on this machine, wherever their coordinator is: each check a function of facts alone. */
import type { Repository } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { scanWhole } from '../commands/scope-files.ts';
import { unjudgedText } from '../format/unjudged.ts';
import { unjudgedCounts } from '../hook/memory.ts';
import type { ClientFile, Enforcement, Surroundings } from '../world/surroundings.ts';
import { tryHooks } from './canaries.ts';
import type { RepositoryFacts } from './facts.ts';
import { factOf, findingsFrom, ok, readRemedy, warning, type Finding } from './finding.ts';
import { checkGitHooks } from './git-hook-checks.ts';
import { lookAtGitHooks } from './git-hook-look.ts';
import { checkHooks, checkLimits } from './hook-checks.ts';
import type { Tried } from './tried.ts';

export type EnforcementFacts = Pick<
  RepositoryFacts,
  'surroundings' | 'scan' | 'hooks' | 'gitHooks' | 'unjudged'
>;

export async function enforcementFacts(call: Call, repository: Repository): Promise<EnforcementFacts> {
  const { inspection } = call.world;
  return {
    surroundings: await factOf(() => inspection.surroundings(repository, call.ports.env)),
    scan: await factOf(() => scanWhole(inspection, repository)),
    gitHooks: await factOf(() => lookAtGitHooks(call, repository)),
    unjudged: await factOf(async () => unjudgedCounts(repository.commonDir)),
    hooks: await factOf(() => tryHooks(call, repository)),
  };
}

export function examineEnforcement(facts: EnforcementFacts): readonly Finding[] {
  return enforcementChecks.flatMap((check) => check(facts));
}

export const enforcementChecks: readonly ((facts: EnforcementFacts) => readonly Finding[])[] = [
  checkClients,
  checkEnforcement,
  checkHooks,
  checkGitHooks,
  checkLimits,
];

function checkClients({ surroundings }: EnforcementFacts): readonly Finding[] {
  return findingsFrom('clients', surroundings, readRemedy, ({ clientFiles }) => clientFindings(clientFiles));
}

const clientLine = 'rhema mcp --client-config CLIENT --write';

/** That none is named is no finding against the repository: a client may be configured for its user, which is not seen. */
function clientFindings(files: readonly ClientFile[]): readonly Finding[] {
  const named = files.filter((found) => found.namesServer);
  if (named.length === 0)
    return [ok('clients', `no project file of a coding-agent client names rhema (${clientLine} writes one)`)];
  return [ok('clients', named.map(({ title, file }) => `${title} by ${file}`).join(', '))];
}

function checkEnforcement({ surroundings, hooks, unjudged }: EnforcementFacts): readonly Finding[] {
  // What starts this program need not have its name in it.
  const ours = new Set(hooks.known ? hooks.value.filter(isThere).map(({ file }) => file) : []);
  return findingsFrom(
    'enforcement',
    surroundings,
    readRemedy,
    ({ enforcement, clientFiles }: Surroundings) => [
      enforcementFinding(withOurs(enforcement, ours), clientFiles, unjudged.known ? unjudged.value : {}),
    ],
  );
}

const isThere = ({ outcome }: Tried): boolean => outcome.kind !== 'gone';

const withOurs = (enforcement: Enforcement, ours: ReadonlySet<string>): Enforcement => ({
  ...enforcement,
  clientHooks: enforcement.clientHooks.map((hook) =>
    ours.has(hook.name) ? { ...hook, namesRhema: true } : hook,
  ),
});

/** Says what is, also where it is little: whoever believes in a wall that is not there is worse off than without it. */
function enforcementFinding(
  { gitHooks, clientHooks }: Enforcement,
  files: readonly ClientFile[],
  unjudged: Readonly<Record<string, number>>,
): Finding {
  const [own, foreign] = [true, false].map((wanted) =>
    [...gitHooks, ...clientHooks].filter((hook) => hook.namesRhema === wanted).map((hook) => hook.name),
  ) as [string[], string[]];
  const others = foreign.length === 0 ? '' : `; hooks that do not mention rhema: ${foreign.join(', ')}`;
  const passed = unjudgedText(unjudged);
  if (own.length > 0)
    return ok(
      'enforcement',
      `hooks that mention rhema: ${own.join(', ')}${others}${passed === null ? '' : `; ${passed}`}`,
    );
  const told = `by no hook${others}. Only who presents a token is checked; who never asks can write`;
  // Where a client has the tools, what there is to do has been done.
  if (files.some((found) => found.namesServer)) return ok('enforcement', told);
  const remedy =
    'have the clients of agents ask before each edit: rhema hooks install CLIENT; and Git at each commit: rhema hooks install git (docs/hooks.md)';
  return warning('enforcement', told, remedy);
}
