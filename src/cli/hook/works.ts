/** In which repositories a hook has something to say: a client may work in one folder and write in another. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ancestorsOf, statePaths } from '../../client/index.ts';
import type { Act, HookCall, HookClient } from '../../hooks/index.ts';
import { definitionFiles } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { isNoRepository } from '../no-repository.ts';
import type { HookWork } from './hook-work.ts';
import { SessionMemory } from './memory.ts';
import { isTooMuch } from './too-much.ts';

export interface Works {
  /** One for each repository where agents are coordinated and that the act is about. */
  readonly all: readonly HookWork[];
  readonly close: () => Promise<void>;
}

/** The repository around the agent's folder; for files that lie elsewhere, the one that they lie in. */
export async function worksFor(
  call: Call,
  client: HookClient,
  asked: HookCall,
  mayTakeLonger: HookWork['mayTakeLonger'],
): Promise<Works> {
  const opened: Call[] = [];
  const at = async (folder: string): Promise<HookWork | null> => {
    const there = call.in(folder);
    opened.push(there);
    return workAt(there, client, asked, mayTakeLonger);
  };
  const close = async (): Promise<void> => {
    for (const one of opened) await one.close();
  };
  const around = await workAt(call, client, asked, mayTakeLonger);
  const { act } = asked;
  if ((act?.kind === 'edit' || act?.kind === 'read') && !isTooMuch(act.paths))
    return { all: await worksOf(call, around, act, at), close };
  return { all: [around ?? (await elsewhere(call, at))].filter((work) => work !== null), close };
}

type FileAct = Extract<Act, { kind: 'edit' | 'read' }>;

async function worksOf(
  call: Call,
  around: HookWork | null,
  act: FileAct,
  at: (folder: string) => Promise<HookWork | null>,
): Promise<readonly HookWork[]> {
  const found = new Map<string, Promise<HookWork | null>>();
  const paths = new Map<HookWork, string[]>();
  for (const path of act.paths) {
    const folder = existingFolder(dirname(resolve(call.cwd, path)));
    const isAround = around !== null && !isElsewhere(around, path);
    if (!isAround && !found.has(folder)) found.set(folder, at(folder));
    const work = isAround ? around : ((await found.get(folder)) ?? null);
    if (work !== null)
      paths.set(work, [...(paths.get(work) ?? []), work === around ? path : resolve(call.cwd, path)]);
  }
  return [...paths].map(([work, own]) => ({
    ...work,
    asked: { ...work.asked, act: { ...act, paths: own } },
  }));
}

function isElsewhere({ call, repository }: HookWork, path: string): boolean {
  const { kind } = call.world.inspection.place(repository, call.cwd, path);
  return kind === 'outside' || kind === 'otherRepository';
}

function existingFolder(path: string): string {
  for (let folder = path; ; folder = dirname(folder))
    if (folder === dirname(folder) || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
      return folder;
}

/** An agent that has gone elsewhere is still at work on the project that its client was started for. */
async function elsewhere(
  call: Call,
  at: (folder: string) => Promise<HookWork | null>,
): Promise<HookWork | null> {
  const { env, cwd } = call.ports;
  const folders = [env['CLAUDE_PROJECT_DIR'], env['GEMINI_PROJECT_DIR'], cwd];
  for (const folder of folders) {
    const work = folder === undefined || folder === '' ? null : await at(folder);
    if (work !== null) return work;
  }
  return null;
}

/** Null where nobody is coordinated. */
export async function workAt(
  call: Call,
  client: HookClient,
  asked: HookCall,
  mayTakeLonger: HookWork['mayTakeLonger'] = () => undefined,
): Promise<HookWork | null> {
  const repository = await call.repository().catch((error: unknown) => {
    if (isNoRepository(error)) return null;
    throw error;
  });
  const worktree = repository?.worktree ?? null;
  if (repository === null || worktree === null || !isCoordinated(repository.commonDir, worktree)) return null;
  const memory = SessionMemory.of(repository.commonDir, sessionOf(asked), asked.subagent);
  return { call, client, asked, repository, worktree, memory, aside: [], mayTakeLonger };
}

/** Whether agents are coordinated in a repository: a hook that a user has for all of his does nothing in the others. */
function isCoordinated(commonDir: string, worktree: string): boolean {
  return (
    existsSync(statePaths(commonDir).directory) ||
    definitionFiles.some((name) => existsSync(join(worktree, name)))
  );
}

/** A client without sessions has its process. */
function sessionOf({ session }: HookCall): string {
  if (session !== '') return session;
  const [around] = ancestorsOf().filter(({ name }) => !/^(?:ba|da|z|a)?sh$/.test(name));
  return around === undefined ? '' : `process ${around.process.pid} ${around.process.start}`;
}
