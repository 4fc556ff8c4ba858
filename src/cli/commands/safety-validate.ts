import type { ScopeDefinition } from '../../core/index.ts';
import type { Finding } from '../../safety/index.ts';
import { count } from '../../wording/index.ts';
import type { Outcome } from '../answer/outcome.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { isOfFolder, linkedFolderText } from '../world/context-file.ts';
import type { Repository } from '../world/world.ts';
import { ContextFiles } from './context-files.ts';
import { filesIn } from './context-named.ts';
import { keepFindings } from './safety-keeping.ts';
import { formatOf, reported, type ReportInput } from './safety-report.ts';
import { scopeFiles } from './scope-files.ts';

/** Checks the working tree: scope files, their graph, the configuration, and context files. No coordinator is asked. */
export async function validate(call: Call, input: ReportInput): Promise<Outcome> {
  const format = formatOf(call, input);
  const repository = await call.repository();
  const { isOfFiles, ofScopeProblem } = await import('../../safety/index.ts');
  const { definitions, problems } = await scopeFiles(call, repository);
  const contexts = await contextFindings(call, repository, definitions);
  const findings = [...problems.map(ofScopeProblem), ...oncePerLink(contexts.findings, problems)];
  // Nobody is started for that. The files of a clone are its own: a server has others.
  if (repository.server === undefined && (await call.world.owner.health(repository)) !== null)
    await keepFindings(call, await call.coordinator(), findings, isOfFiles);
  const scopes = definitions.length;
  const looked = [
    count(scopes, 'scope'),
    ...(contexts.files === 0 ? [] : [count(contexts.files, 'context file')]),
  ];
  return reported(call, format, {
    revision: null,
    findings,
    data: { scopes, contextFiles: contexts.files, problems },
    code: 'UNSOUND',
    unsound: unsoundText,
    sound: `${looked.join(' and ')}, sound`,
  });
}

/** A link in the place of a folder is told once, and not of each file behind it. */
function oncePerLink(findings: readonly Finding[], problems: readonly ScopeProblem[]): readonly Finding[] {
  const told = new Set(problems.flatMap(({ file }) => (file === null ? [] : [linkedFolderText(file)])));
  return findings.filter(({ file, rule, evidence }) => {
    if (rule !== 'SYMLINK_OUTSIDE' || file === null) return true;
    if (told.has(evidence)) return false;
    if (isOfFolder(evidence)) told.add(evidence);
    return true;
  });
}

async function contextFindings(
  call: Call,
  repository: Repository,
  scopes: readonly ScopeDefinition[],
): Promise<{ readonly files: number; readonly findings: readonly Finding[] }> {
  // What is in a commit nobody edits.
  if (repository.worktree === null) return { files: 0, findings: [] };
  const { ofContextProblem } = await import('../../safety/index.ts');
  const files = new ContextFiles(repository, call.world.inspection, scopes);
  const paths = scopes.map(({ path }) => path);
  const examined = filesIn(files, paths).flatMap((file) => files.examine(file) ?? []);
  return {
    files: examined.length,
    findings: examined.flatMap(({ report }) => report.problems.map(ofContextProblem)),
  };
}

/** What only follows from a broken file is counted by itself. */
function unsoundText(errors: readonly Finding[]): string {
  const following = errors.filter(({ rule }) => rule === 'BROKEN_DEPENDENCY').length;
  const rest =
    following === 0 ? '' : `, and ${count(following, 'dependency', 'dependencies')} on what is broken`;
  return `the working tree is unsound: ${count(errors.length - following, 'error')}${rest}`;
}
