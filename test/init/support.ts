import { expect } from 'vitest';
import { findRepository } from '../../src/repository/index.ts';
import { graphOf, makeRepository, scan, type Files } from '../../src/repository/testing/fixture.ts';
import {
  applyChanges,
  prepareInit,
  prepareRefresh,
  type Choices,
  type Layout,
  type Plan,
  type Prepared,
  type Stage,
} from '../../src/init/index.ts';

export const automatic: Choices = { depth: null, leaveOut: [], raise: true, agents: 8, hooks: false };

export interface InitOptions {
  readonly stage?: Stage;
  readonly derive?: boolean;
  /** Where it is not said, each scope has a file. */
  readonly layout?: Layout | null;
  /** What the caller's environment says. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function prepare(root: string, options: InitOptions = {}): Promise<Prepared> {
  const { stage = 'default', derive = false, layout = 'files', env = {} } = options;
  const repository = await findRepository({ cwd: root, env });
  return prepareInit({ repository, env, stage, derive, layout });
}

/** What init would do. */
export async function planInit(root: string, options: InitOptions & Partial<Choices> = {}): Promise<Plan> {
  return (await prepare(root, options)).plan({ ...automatic, ...options });
}

/**
 * Plans and writes, and holds our own discovery against it: the files must be sound and say exactly the graph that was
 * planned.
 */
export async function init(root: string, options: InitOptions & Partial<Choices> = {}): Promise<Plan> {
  const plan = await planInit(root, options);
  await applyChanges(root, plan.changes);
  await expectDiscovered(root, plan);
  return plan;
}

export async function planRefresh(root: string): Promise<Plan> {
  const repository = await findRepository({ cwd: root, env: {} });
  const prepared = await prepareRefresh({ repository, env: {} });
  if (prepared === null) throw new Error('nothing was generated here');
  return prepared.plan({ ...automatic, raise: false });
}

/** As {@link init}, for a refresh. */
export async function refresh(root: string): Promise<Plan> {
  const plan = await planRefresh(root);
  await applyChanges(root, plan.changes);
  await expectDiscovered(root, plan);
  return plan;
}

async function expectDiscovered(root: string, plan: Plan): Promise<void> {
  const found = await scan(root);
  expect(found.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(graphOf(found)).toEqual(graph(plan));
  expect(found.config.problems).toEqual([]);
}

/** `scope -> dependencies`. */
export function graph({ scopes }: Pick<Plan, 'scopes'>): Record<string, readonly string[]> {
  return Object.fromEntries(scopes.map(({ path, dependencies }) => [path, dependencies]));
}

/** Makes a repository of these files, runs init, and gives the graph. */
export async function derived(files: Files): Promise<Record<string, readonly string[]>> {
  return graph(await init(makeRepository(files)));
}

/** `code file:line:column` of every notice. */
export function noticesOf({ notices }: Pick<Plan, 'notices'>): string[] {
  return notices.map(({ code, file, line, column }) =>
    [`${code} ${file ?? '-'}`, line, column].filter((part) => part !== null).join(':'),
  );
}

/** `add rhema.yaml` */
export function changesOf({ changes }: Pick<Plan, 'changes'>): string[] {
  return changes.map(
    ({ file, before, after }) => `${after === null ? 'remove' : before === null ? 'add' : 'change'} ${file}`,
  );
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The package.json of a top with workspaces. */
export const workspace = (...patterns: readonly string[]): string =>
  json({ name: 'acme', private: true, workspaces: patterns });

/** The package.json of a package in it, which publishes what is built. */
export const library = (name: string, more: object = {}): string =>
  json({ name, version: '1.0.0', files: ['dist'], ...more });
