import { compareVersions } from '../../client/index.ts';
import { named } from '../../core/index.ts';
import { stateDirectory } from '../../repository/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { scopesElsewhere } from '../format/scope-source.ts';
import { shellCommand } from '../format/text.ts';
import { withdrawnText } from '../format/withdrawn.ts';
import type { Configuration, Repository, Scan } from '../world/world.ts';
import { enforcementChecks } from './enforcement-checks.ts';
import { isSilent } from './facts.ts';
import type { CoordinationFacts, Facts, RepositoryCheck, RepositoryFacts } from './facts.ts';
import { findingsFrom, ok, problem, readRemedy, warning } from './finding.ts';
import type { Fact, Finding } from './finding.ts';
import { checkStaged } from './staged-checks.ts';
import { storageChecks } from './storage-checks.ts';
import { checkWebhooks } from './webhook-checks.ts';
import { count } from '../../wording/index.ts';

/** In the order in which one relies on the other. Outside of a repository only the first ones are made. */
export function examine(facts: Facts): readonly Finding[] {
  const general = [...checkNode(facts), ...checkOpenFiles(facts), ...checkGit(facts)];
  const remedy = repositoryRemedy(facts);
  const particular = findingsFrom('repository', facts.repository, remedy, (repository) =>
    repositoryChecks.flatMap((check) => check(repository, facts)),
  );
  return withoutFollowing(once([...general, ...particular]), facts.repository);
}

/** Where the state folder may not be used, nothing in it can be looked at. */
function withoutFollowing(findings: readonly Finding[], repository: Facts['repository']): readonly Finding[] {
  if (!repository.known || repository.value.state.known) return findings;
  const folder = stateDirectory(repository.value.repository.commonDir);
  return findings.filter(
    ({ level, subject, message }) =>
      level !== 'problem' || subject === 'state folder' || !message.includes(folder),
  );
}

/** One cause that is in the way of many things is told at the first of them. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map<string, string>();
  return findings.filter(({ level, subject, message }) => {
    if (level !== 'problem') return true;
    if (!told.has(message)) told.set(message, subject);
    return told.get(message) === subject;
  });
}

function repositoryRemedy({ git }: Facts): string {
  if (isSilent(git)) return 'repair Git first, then: rhema doctor';
  return 'rhema -C FOLDER doctor looks at another folder';
}

const repositoryChecks: readonly RepositoryCheck[] = [
  checkRepository,
  checkWorktrees,
  checkConfiguration,
  checkScopes,
  ...storageChecks,
  checkStaged,
  ...enforcementChecks,
  checkWebhooks,
];

/** Its long-term support has not ended before this: https://github.com/nodejs/release. */
const nodeAdvised = '22.0.0';

function checkNode({ nodeVersion, version }: Facts): readonly Finding[] {
  const message = `${nodeVersion}, rhema ${version}`;
  if (compareVersions(nodeVersion.slice(1), nodeAdvised) >= 0) return [ok('node', message)];
  return [
    warning(
      'node',
      `${message}; this Node will do, but gets no more security fixes`,
      `install Node ${nodeAdvised.split('.')[0]} or later`,
    ),
  ];
}

/** This program loads some hundred files at a time, and the coordinator keeps one open for each client. */
const openFilesAdvised = 256;

function checkOpenFiles({ openFilesMax }: Facts): readonly Finding[] {
  if (openFilesMax === null || openFilesMax >= openFilesAdvised) return [];
  return [
    warning(
      'open files',
      `a process may have ${openFilesMax} files open here, which is too few`,
      `raise that limit (ulimit -n ${openFilesAdvised}), then: rhema daemon stop`,
    ),
  ];
}

/** `git rev-parse --path-format=absolute` came with it. */
const gitOldest = '2.31.0';
const gitOldestShown = '2.31';
const gitUnsound = '2.51.0';

function checkGit({ git }: Facts): readonly Finding[] {
  return findingsFrom('git', git, 'see that `git --version` runs here', (said) => [gitFinding(said)]);
}

function gitFinding(said: string | null): Finding {
  if (said === null)
    return problem('git', 'git was not found', 'install it, or put it on the PATH: https://git-scm.com');
  const version = /\d+(\.\d+)+/.exec(said)?.[0];
  return version === undefined ? untoldVersion(said) : versionFinding(version);
}

/** Builds of one's own say what they like; whether one is new enough only its user knows. */
function untoldVersion(said: string): Finding {
  const message = `its version cannot be told: git --version says ${JSON.stringify(said)}`;
  return warning('git', message, `see that it is ${gitOldestShown} or later`);
}

function versionFinding(version: string): Finding {
  if (version === gitUnsound)
    return problem(
      'git',
      `version ${version} corrupts the index when several processes use it`,
      'install 2.51.1 or later; an index that is damaged already: rm "$(git rev-parse --git-path index)" && git reset',
    );
  if (compareVersions(version, gitOldest) < 0)
    return problem('git', `version ${version} is too old`, `install ${gitOldestShown} or later`);
  return ok('git', `version ${version}`);
}

function checkRepository({ repository: { worktree, commonDir, bare } }: RepositoryFacts): readonly Finding[] {
  const tree = worktree ?? (bare ? 'bare' : 'without a working tree');
  return [ok('repository', `${tree}, shared folder ${commonDir}`)];
}

function checkWorktrees({ surroundings, repository }: RepositoryFacts): readonly Finding[] {
  return findingsFrom('worktrees', surroundings, readRemedy, ({ worktrees }) => {
    const gone = worktrees.filter(({ exists }) => !exists);
    if (gone.length > 0)
      return gone.map(({ path }) =>
        warning('worktrees', `${path} is recorded, but not there`, 'git worktree prune'),
      );
    const main = repository.mainWorktree === null ? 0 : 1;
    const all = count(main + worktrees.length, 'working tree');
    return [ok('worktrees', `${all}; locks, log and sessions are shared by all of them`)];
  });
}

function checkConfiguration({ configuration, coordination }: RepositoryFacts): readonly Finding[] {
  const known = coordination.known ? (coordination.value?.status.scopeProblems ?? []) : [];
  const ignored = known
    .filter(({ code }) => code === ignoredVariable)
    .map(({ message }) =>
      warning('configuration', `the coordinator: ${message}`, 'correct or unset it, then: rhema daemon stop'),
    );
  const own = findingsFrom('configuration', configuration, remedyOf(configuration), configurationFindings);
  return ignored.length === 0 ? own : [...own.filter(({ level }) => level !== 'ok'), ...ignored];
}

/** Of the environment of whoever looks, or of the one that started the coordinator. */
const ignoredVariable = 'CONFIG_VARIABLE_IGNORED';

/** Git may read the folder, and not find in it what a commit needs. */
function remedyOf(fact: Fact<unknown>): string {
  const isGits = !fact.known && fact.code === 'GIT_FAILED';
  return isGits ? `${readRemedy}; what is missing or damaged in it: git fsck` : readRemedy;
}

function configurationFindings({ enabled, problems }: Configuration): readonly Finding[] {
  const findings = problems.map((found) => fileFinding('configuration', found, 'rhema config check'));
  if (!enabled)
    findings.push(
      warning(
        'configuration',
        'coordination is disabled: every command steps aside as soon as nothing is held, waited for or synced',
        'set agent_coordination.enabled to true in the root scope',
      ),
    );
  return findings.length > 0 ? findings : [ok('configuration', 'sound')];
}

/** Shown in full by `rhema safety validate`; here only that many. */
const scopeProblemsMax = 5;

/** What only a coordinator knows, which has scopes and settings from before. */
const coordinatorsOwn: ReadonlySet<string> = new Set([
  'GRAPH_EMPTY',
  'FILES_UNSEEN',
  'SETTINGS_WAIT',
  'DISABLING_WAITS',
]);

function checkScopes(facts: RepositoryFacts): readonly Finding[] {
  const { coordination } = facts;
  const known = coordination.known ? (coordination.value?.status.scopeProblems ?? []) : [];
  const told = known.filter(({ code }) => coordinatorsOwn.has(code));
  const findings = [
    ...told.map((found) => fileFinding('scopes', found, 'rhema status')),
    ...withdrawnFindings(coordination),
  ];
  // That there are none is said better by a coordinator that had some.
  return told.some(({ code }) => code === 'GRAPH_EMPTY') ? findings : [...findings, ...checkFiles(facts)];
}

function withdrawnFindings(coordination: Fact<CoordinationFacts | null>): readonly Finding[] {
  const withdrawn = coordination.known ? (coordination.value?.withdrawn ?? []) : [];
  return withdrawn.map((scope) =>
    warning(
      'scopes',
      `${named(scope)} is ${withdrawnText}`,
      `bring its file back, or see who has it: ${shellCommand('rhema', 'why', scope)}`,
    ),
  );
}

function checkFiles({ scan, repository, coordination, configuration }: RepositoryFacts): readonly Finding[] {
  const ofConfiguration = configuration.known ? configuration.value.problems : [];
  const inForce = coordination.known ? (coordination.value?.status.scopeCount ?? 0) : 0;
  return findingsFrom('scopes', scan, remedyOf(scan), ({ definitions, problems }: Scan) => {
    const isTold = (one: ScopeProblem): boolean => ofConfiguration.some((other) => isSame(one, other));
    // Those of the configuration have been told already, and that there are none is told below.
    const ofFiles = problems.filter(({ code }) => !code.startsWith('CONFIG_') && code !== 'NO_SCOPES');
    const own = ofFiles.filter((one) => !isTold(one));
    if (ofFiles.length > 0) return scopeFindings(own);
    if (definitions.length > 0) return [ok('scopes', `${definitions.length} defined`)];
    const elsewhere = scopesElsewhere(repository);
    return [inForce > 0 ? scopesOutOfSight(inForce, elsewhere) : noScopes(repository, elsewhere)];
  });
}

function isSame(one: ScopeProblem, other: ScopeProblem): boolean {
  return one.file === other.file && one.line === other.line && one.message === other.message;
}

/** The coordinator has not looked at the files yet, an older commit having been checked out a moment ago; or it looks elsewhere. */
function scopesOutOfSight(inForce: number, elsewhere: string | null): Finding {
  const those = `${inForce} ${inForce === 1 ? 'scope is' : 'scopes are'} in force`;
  if (elsewhere !== null) return ok('scopes', `${those}, read from ${elsewhere}; no scope file is here`);
  const remedy = 'bring the files back, or say that there are none with: rhema scope refresh --accept-none';
  return warning('scopes', `no scope file is here, and ${those} from before`, remedy);
}

function noScopes({ worktree }: Repository, elsewhere: string | null): Finding {
  const message = 'none are defined: there is nothing to lock';
  if (elsewhere === null) return warning('scopes', message, 'rhema init derives them from what is here');
  const remedy =
    worktree === null
      ? 'rhema init in a clone or worktree of it derives them from what is there; commit its files, and push them to the branch that HEAD names here'
      : 'merge the scope files of this working tree into it; rhema init writes them where there are none';
  return warning('scopes', `${message}; they are read from ${elsewhere}`, remedy);
}

/** A broken file is one problem, however many scopes depend on its scope. */
function scopeFindings(problems: readonly ScopeProblem[]): readonly Finding[] {
  const causes = problems.filter(({ code }) => code !== 'BROKEN_DEPENDENCY');
  const following = problems.length - causes.length;
  if (following === 0) return causeFindings(causes);
  const told = `${count(following, 'dependency', 'dependencies')} on what is broken`;
  return [
    ...causeFindings(causes),
    warning('scopes', told, 'correct that first; rhema safety validate shows them'),
  ];
}

function causeFindings(problems: readonly ScopeProblem[]): readonly Finding[] {
  const shown = problems
    .slice(0, scopeProblemsMax)
    .map((found) => fileFinding('scopes', found, 'rhema safety validate'));
  const left = problems.length - shown.length;
  if (left === 0) return shown;
  return [...shown, warning('scopes', `and ${left} more`, 'rhema safety validate shows them all')];
}

type FileProblem = Pick<ScopeProblem, 'severity' | 'file' | 'line' | 'message'>;

function fileFinding(subject: string, found: FileProblem, confirm: string): Finding {
  const position = [found.file, found.line].filter((part) => part !== null).join(':');
  const message = position === '' ? found.message : `${position}: ${found.message}`;
  const remedy = `${found.file === null ? 'correct it' : 'correct the file'}, then: ${confirm}`;
  return found.severity === 'error' ? problem(subject, message, remedy) : warning(subject, message, remedy);
}
