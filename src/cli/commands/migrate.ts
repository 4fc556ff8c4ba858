import type { Migration, Stage } from '../../init/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { CommandError, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome, type Refused } from '../answer/outcome.ts';
import { asScopeProblem } from '../format/context.ts';
import { migratedText, migrationText, type Report } from '../format/migration.ts';
import { whileTelling } from '../process/live-line.ts';
import { contextFilesOf } from './context-files.ts';
import { filesIn } from './context-named.ts';
import { reportText, tellCoordinator } from './coordinator-refresh.ts';
import { agentsUnlessSaid } from './init-questions.ts';
import { numberOf, stageOf } from './init.ts';
import { toRepair, unconfirmed } from './unwritten.ts';
import { shownPatch } from '../format/text.ts';
import { actionOf, isInteractive, withoutLastBreak, writeFiles } from './scope-plan.ts';

export interface MigrateInput {
  readonly stage: string;
  readonly agents?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Adds the configuration to a repository that Rhema describes already, or changes its stage, and tells what is broken there. */
export async function migrate(call: Call, input: MigrateInput): Promise<Outcome> {
  if (input.dryRun === true && input.yes === true) throw usageError('--dry-run or --yes, not both');
  const [stage, agents] = [stageOf(input.stage), numberOf('--agents', input.agents) ?? agentsUnlessSaid];
  const migration = await prepare(call, stage, agents);
  if (migration.hindrances.length > 0) return hindered(call, migration);
  const report = { stage, migration, problems: await problemsIn(call, migration) };
  if (migration.changes.length === 0)
    return done(null, { ...dataOf(report), written: false }, (style) => migrationText(style, report));
  if (input.dryRun === true) return preview(call, report);
  if (input.yes === true) return write(call, report, (style) => `${migrationText(style, report)}\n\n`);
  return isInteractive(call) ? ask(call, report) : propose(call, report);
}

async function prepare(call: Call, stage: Stage, agents: number): Promise<Migration> {
  const request = { repository: await call.repository(), env: call.ports.env, stage, agents };
  const migration = await whileTelling(call, 'looking at what is here', () =>
    call.world.scopeFiles.prepareMigration(request),
  );
  if (migration !== null) return migration;
  const message = `no file here describes a scope, as a rhema.yaml does: ${call.rhema('init')} derives scopes from what is there`;
  throw new CommandError('NO_SCOPES', exitCodes.refused, message);
}

/** What is wrong with scope files and with context files, what is broken first. */
async function problemsIn(call: Call, { scopes, problems }: Migration): Promise<readonly ScopeProblem[]> {
  const files = await contextFilesOf(call, scopes);
  const paths = scopes.map(({ path }) => path);
  const inContext = filesIn(files, paths).flatMap((file) => files.examine(file)?.report.problems ?? []);
  const all = [...problems, ...inContext.map(asScopeProblem)];
  const rank = ({ severity }: ScopeProblem): number => (severity === 'error' ? 0 : 1);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function hindered(call: Call, { hindrances, notices, problems, ...migration }: Migration): Refused {
  const message = `nothing was written: ${migration.file} has to be repaired by hand first`;
  const told = [...hindrances, ...problems.filter(({ file }) => file === migration.file)];
  const details = { file: migration.file, problems: [...hindrances, ...notices, ...problems] };
  return toRepair(call, message, { details, problems: told });
}

function dataOf({ stage, migration, problems }: Report): Readonly<Record<string, unknown>> {
  const { file, scopes, changes, notices } = migration;
  return {
    stage,
    file,
    scopes,
    changes: changes.map((change) => ({ file: change.file, action: actionOf(change) })),
    notices,
    problems,
  };
}

async function preview(call: Call, report: Report): Promise<Outcome> {
  const { root, changes } = report.migration;
  await call.world.scopeFiles.check(root, changes);
  const patch = await call.world.scopeFiles.patch(changes);
  call.note(`${migrationText(call.errorStyle, report)}\n`);
  return done(null, { ...dataOf(report), patch, written: false }, () => withoutLastBreak(shownPatch(patch)));
}

async function ask(call: Call, report: Report): Promise<Outcome> {
  call.print(migrationText(call.style, report));
  const { file } = report.migration;
  const answer = await call.ports.questions.confirm(`Write ${file}?`);
  if (answer !== true) return done(null, { written: false }, () => 'nothing was written');
  return write(call, report, () => '');
}

async function write(call: Call, report: Report, intro: (style: Call['style']) => string): Promise<Outcome> {
  const { root, changes } = report.migration;
  await whileTelling(call, 'writing the configuration', () => writeFiles(call, root, changes));
  const coordinator = await tellCoordinator(call);
  return done(null, { ...dataOf(report), written: true, coordinator }, (style) =>
    [intro(style) + migratedText(report), reportText(style, coordinator)]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

/** Nobody can be asked: says what would be done, and how to have it done. */
function propose(call: Call, report: Report): Outcome {
  call.show(migrationText(call.style, report));
  return unconfirmed('nothing was written: --yes writes it, --dry-run shows the lines', dataOf(report));
}
