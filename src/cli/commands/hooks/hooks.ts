import { nearest } from '../../../config/index.ts';
import type { FileChange } from '../../../init/index.ts';
import { jsonHookClients, type HandlerKind } from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import { invalidInput, usageError } from '../../answer/errors.ts';
import { done, type Outcome } from '../../answer/outcome.ts';
import { hooksTable } from '../../format/hooks.ts';
import { unjudgedText } from '../../format/unjudged.ts';
import { unjudgedCounts } from '../../hook/memory.ts';
import { line, shownPatch } from '../../format/text.ts';
import { actionOf, isInteractive, withoutLastBreak, writeFiles } from '../scope-plan.ts';
import { unconfirmed } from '../unwritten.ts';
import { agentsMdFile } from './agents-md.ts';
import { jsonTarget } from './client-target.ts';
import { gitTarget } from './git-target.ts';
import { Draft } from './draft.ts';
import { kimiTarget, opencodeTarget } from './other-targets.ts';
import { tightHere } from './tight-limits.ts';
import type { BesideChange, HookTarget, TargetPlan } from './target.ts';

/** All that can be told to ask this program. */
export const hookTargets: readonly HookTarget[] = [
  ...jsonHookClients.map(jsonTarget),
  opencodeTarget,
  kimiTarget,
  gitTarget,
];

/** Files of the working tree in which hooks of ours, or words about them, may stand. */
export const hookFiles: readonly string[] = [...hookTargets.flatMap(({ files }) => files), agentsMdFile];

export interface HooksInput {
  readonly targets: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly print?: boolean;
  /** How the client is to ask. */
  readonly handler?: HandlerKind;
}

/** Has clients ask before they act. */
export async function installHooks(call: Call, input: HooksInput): Promise<Outcome> {
  if (input.handler !== undefined) checkHandler(input.targets);
  if (input.print === true) return printed(call, input);
  return changeHooks(call, input, {
    none: (draft) => {
      const evident = hookTargets.filter((target) => target.isEvident(draft));
      if (evident.length > 0) return evident;
      throw invalidInput(`no client is set up here: name one of ${namesOf(hookTargets)}`);
    },
    plan: (target, draft) => target.install(call, draft, input.handler),
    notes: async (targets) => (targets.every((target) => target === gitTarget) ? [] : tightHere(call)),
    unchanged: 'is installed already',
    question: 'Write this?',
    verb: 'written',
  });
}

function checkHandler(names: readonly string[]): void {
  const able = hookTargets.filter(({ hasToolHandler }) => hasToolHandler === true);
  if (names.length === 0 || names.map((name) => targetNamed(name)).some((target) => !able.includes(target)))
    throw usageError(`--handler is for ${namesOf(able)} alone: name it, and no other`);
}

/** The whole content of one file, as it is where nothing else is in it. */
async function printed(call: Call, { targets, dryRun, yes, handler }: HooksInput): Promise<Outcome> {
  const [name] = targets;
  if (name === undefined || targets.length > 1) throw usageError('--print is for one client: name it');
  if (dryRun === true || yes === true)
    throw usageError('--print writes nothing: leave out --yes and --dry-run');
  const target = targetNamed(name);
  if (target.print === undefined) throw invalidInput(`${name} has no file to print: use --dry-run`);
  // What a user has for all repositories is as good outside of any.
  const repository = await call.repository().catch(() => null);
  const { file, content } = target.print(call, repository?.worktree ?? null, handler);
  call.note(line`for ${target.title}: ${file}`);
  return done(null, { client: name, file, content }, () => content.trimEnd());
}

/** Takes out what {@link installHooks} wrote. */
export async function uninstallHooks(call: Call, input: HooksInput): Promise<Outcome> {
  return changeHooks(call, input, {
    none: () => hookTargets,
    plan: (target, draft) => target.uninstall(call, draft),
    notes: async () => [],
    unchanged: 'is not installed',
    question: 'Take this out?',
    verb: 'removed',
  });
}

interface Way {
  /** Which are meant where none is named. */
  readonly none: (draft: Draft) => readonly HookTarget[];
  readonly plan: (target: HookTarget, draft: Draft) => Promise<TargetPlan>;
  /** What else there is to say. */
  readonly notes: (targets: readonly HookTarget[]) => Promise<readonly string[]>;
  readonly unchanged: string;
  readonly question: string;
  readonly verb: 'written' | 'removed';
}

async function changeHooks(call: Call, input: HooksInput, way: Way): Promise<Outcome> {
  if (input.dryRun === true && input.yes === true) throw usageError('--dry-run or --yes, not both');
  const draft = await draftOf(call);
  const targets =
    input.targets.length === 0 ? way.none(draft) : input.targets.map((name) => targetNamed(name));
  const planned = await plannedFor(draft, targets, way);
  await call.world.scopeFiles.check(draft.root, planned.changes);
  const patch = await patchOf(call, planned);
  const shown = shownPatch([patch, ...planned.left].filter((part) => part !== '').join('\n'));
  const data = { ...dataOf(targets, planned), patch };
  if (planned.changes.length === 0 && planned.beside.length === 0)
    return done(null, { ...data, [way.verb]: false }, () =>
      [line`${namesOf(targets)}: ${way.unchanged}`, ...planned.left].join('\n'),
    );
  if (input.dryRun === true) return done(null, { ...data, [way.verb]: false }, () => withoutLastBreak(shown));
  const apply = (): Promise<Outcome> => carryOut(call, draft, planned, { data, verb: way.verb });
  if (input.yes === true) return apply();
  if (!isInteractive(call)) {
    call.show(shown);
    return unconfirmed(`nothing was ${way.verb}: --yes does it, --dry-run only shows it`, data);
  }
  call.print(shown);
  if ((await call.ports.questions.confirm(way.question)) === true) return apply();
  return done(null, { ...data, [way.verb]: false }, () => `nothing was ${way.verb}`);
}

async function draftOf(call: Call): Promise<Draft> {
  const { worktree } = await call.repository();
  if (worktree === null)
    throw invalidInput('this repository has no working tree: clients read their files there');
  return new Draft(worktree);
}

/** @throws CommandError INVALID_INPUT with the names that are meant. */
export function targetNamed(name: string, offered: (target: HookTarget) => boolean = () => true): HookTarget {
  const target = hookTargets.find((one) => one.name === name);
  if (target !== undefined) return target;
  const names = hookTargets.filter(offered).map((one) => one.name);
  const near = nearest(name, names);
  const lead = near === null ? ': use one of' : `: did you mean ${near}? There are`;
  throw invalidInput(`nothing called ${JSON.stringify(name)} has hooks${lead} ${names.join(', ')}`);
}

const namesOf = (targets: readonly HookTarget[]): string => targets.map(({ name }) => name).join(', ');

interface Planned {
  readonly changes: readonly FileChange[];
  readonly beside: readonly BesideChange[];
  readonly left: readonly string[];
  readonly told: readonly string[];
}

async function plannedFor(draft: Draft, targets: readonly HookTarget[], way: Way): Promise<Planned> {
  const plans: TargetPlan[] = [];
  for (const target of targets) plans.push(await way.plan(target, draft));
  return {
    changes: draft.changes(),
    beside: plans.flatMap(({ beside }) => (beside === undefined ? [] : [beside])),
    left: [...plans.flatMap(({ left }) => left), ...(await way.notes(targets))],
    told: [...new Set(plans.flatMap(({ told }) => told))],
  };
}

async function patchOf(call: Call, { changes, beside }: Planned): Promise<string> {
  const patch = changes.length === 0 ? '' : await call.world.scopeFiles.patch(changes);
  return [patch, ...beside.map(({ shown }) => shown)].join('');
}

function dataOf(
  targets: readonly HookTarget[],
  { changes, left }: Planned,
): Readonly<Record<string, unknown>> {
  return {
    targets: targets.map(({ name }) => name),
    changes: changes.map((change) => ({ file: change.file, action: actionOf(change) })),
    left,
  };
}

interface Doing {
  readonly data: Readonly<Record<string, unknown>>;
  readonly verb: 'written' | 'removed';
}

async function carryOut(call: Call, draft: Draft, planned: Planned, { data, verb }: Doing): Promise<Outcome> {
  const { changes, beside, left, told } = planned;
  if (changes.length > 0) await writeFiles(call, draft.root, changes);
  for (const { apply } of beside) await apply();
  const made = changes.filter(({ before }) => before === null).map(({ file }) => file);
  const ignored = [...(await call.world.scopeFiles.ignored(draft.root, made))];
  const lines = [
    ...changes.map((change) => line`${doneWords[actionOf(change)]} ${change.file}`),
    ...left,
    ...told,
    ...ignored.map((file) => line`${file} is ignored by Git: it is here only, until you git add --force it`),
  ];
  return done(null, { ...data, ignored, [verb]: true }, () => lines.join('\n'));
}

const doneWords = { add: 'wrote', change: 'changed', remove: 'removed' } as const;

/** Which clients ask, and whether what they would start can be started. */
export async function hooksStatus(call: Call): Promise<Outcome> {
  const draft = await draftOf(call);
  const targets = await Promise.all(hookTargets.map((target) => target.status(call, draft)));
  const isAsked = targets.some(({ name, state }) => name !== gitTarget.name && state !== 'absent');
  const limits = isAsked ? await tightHere(call) : [];
  const unjudged = unjudgedCounts((await call.repository()).commonDir);
  const told = unjudgedText(unjudged);
  return done(null, { targets, limits, unjudged }, (style) =>
    [hooksTable(style, targets), ...limits, ...(told === null ? [] : [told])].join('\n'),
  );
}
