import { join, relative } from 'node:path';
import type { Call } from '../../call.ts';
import { line } from '../../format/text.ts';
import {
  applyHooks,
  asks,
  installing,
  removing,
  toWrite,
  type HookChange,
  type HooksHere,
} from '../../git-hooks/hook-files.ts';
import { scriptText, serverIn } from '../../git-hooks/hook-text.ts';
import { noteInstalled } from '../../git-hooks/noted.ts';
import { chooseLaunch, programLocation, serverWords } from '../client-config-launch.ts';
import { notWritten } from './draft.ts';
import type { HookTarget, TargetPlan, TargetStatus } from './target.ts';

/** Git itself: commits, merges, pushes and moved branches are checked, whoever makes them. */
export const gitTarget: HookTarget = {
  name: 'git',
  title: 'Git',
  files: [],
  isEvident: () => false,
  install,
  uninstall: async (call) => planOf(call, removing(await lookAtHooks(call)), []),
  status,
};

async function install(call: Call): Promise<TargetPlan> {
  const here = await lookAtHooks(call);
  const { foreignFolder, hooks } = here;
  const { commonDir } = await call.repository();
  if (foreignFolder !== null) throw notWritten(foreignFolder, whyLeftAlone(foreignFolder, commonDir));
  const left = hooks.flatMap((hook) => {
    const wanted = toWrite(here.script, hook);
    return wanted === null ? [] : [line`${shown(call, hook.path)} ${hook.obstacle ?? ''}; ${wanted}`];
  });
  return planOf(call, installing(here, scriptText(wordsHere(call), serverOf(call))), left, () =>
    noteInstalled(commonDir),
  );
}

/** A link in the place of the folder of hooks leads away however that is configured. */
const whyLeftAlone = (folder: string, commonDir: string): string =>
  folder === join(commonDir, 'hooks')
    ? 'is a link to what is not of this repository, so it is left alone; a folder in its place gives this repository hooks of its own'
    : 'is where Git looks for hooks (core.hooksPath), and is not of this repository, so it is left alone; git config --local core.hooksPath "$(git rev-parse --git-common-dir)/hooks" gives this repository hooks of its own';

/** What lies in Git's own folder is of this machine alone. */
const wordsHere = (call: Call): readonly [string, ...string[]] =>
  chooseLaunch(programLocation(call.ports.env, null)).userWords as readonly [string, ...string[]];

const serverOf = (call: Call): string | null => serverWords(call)[1] ?? null;

async function lookAtHooks(call: Call): Promise<HooksHere> {
  return call.world.inspection.hooksHere(await call.repository(), call.ports.env);
}

async function planOf(
  call: Call,
  changes: readonly HookChange[],
  left: readonly string[],
  afterwards: () => void = () => undefined,
): Promise<TargetPlan> {
  if (changes.length === 0) return { left, told: [] };
  const named = changes.map(({ path, ...texts }) => ({ file: shown(call, path), ...texts }));
  const patch = await call.world.scopeFiles.patch(named);
  const told = named.map(({ file, after, before, makesRun }) =>
    after === before && makesRun === true
      ? line`made ${file} executable`
      : line`${after === null ? 'removed' : 'wrote'} ${file}`,
  );
  const modes = named.flatMap(({ file, makesRun }) =>
    makesRun === true ? [line`chmod +x ${file}: Git does not run it as it is` + '\n'] : [],
  );
  const apply = async (): Promise<void> => {
    applyHooks(changes);
    afterwards();
  };
  return { left, told, beside: { shown: patch + modes.join(''), apply } };
}

const shown = (call: Call, path: string): string => {
  const below = relative(call.cwd, path);
  return below.startsWith('..') ? path : below;
};

async function status(call: Call): Promise<TargetStatus> {
  const here = await lookAtHooks(call);
  const { hooks, script, scriptNow, foreignFolder, note } = here;
  const asking = hooks.filter(asks);
  const changed = hooks.filter(({ look }) => look === 'changed').map(({ name }) => name);
  const missing = hooks.filter((hook) => !asking.includes(hook)).map(({ name }) => name);
  const isAbsent = asking.length === 0 && scriptNow === null;
  return {
    name: 'git',
    file: shown(call, foreignFolder ?? script),
    state: isAbsent ? 'absent' : missing.length > 0 ? 'partly' : changed.length > 0 ? 'changed' : 'installed',
    missing: isAbsent ? [] : missing,
    changed,
    commands: isAbsent ? [] : [{ command: wordsHere(call).join(' '), problem: scriptProblem(call, here) }],
    notes: [
      ...(foreignFolder === null
        ? []
        : ['Git looks for hooks there (core.hooksPath), and it is not of this repository']),
      ...(isAbsent && note !== undefined ? ['were installed, and somebody has deleted all of them'] : []),
    ],
  };
}

/** What is wrong with the file that the hooks call; null: nothing. */
export const scriptProblem = (call: Call, { scriptNow }: HooksHere): string | null =>
  scriptNow === scriptText(wordsHere(call), scriptNow === null ? null : serverIn(scriptNow))
    ? null
    : 'it is gone, or of another program or version: install it again';
