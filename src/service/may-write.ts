/** Whether an agent may write some files now. The core decides; this only finds their scopes. */
import {
  isFree,
  locksOverlapping,
  scopeAround,
  writeObstacle,
  type Lock,
  type ScopePath,
  type State,
  type TimeMs,
} from '../core/index.ts';
import type { MayWriteAnswer, Query, ScopeProblem, WritableFile } from '../protocol/index.ts';
import { viewAgent, viewLock, viewScope } from './views.ts';

export type MayWrite = Extract<Query, { kind: 'mayWrite' }>;

export function viewMayWrite(
  state: State,
  { agent, epoch, files, token }: MayWrite,
  problems: readonly ScopeProblem[],
  nowMs: TimeMs,
): MayWriteAnswer {
  const writer = state.agents.get(agent);
  const judged = files.map((file): WritableFile => {
    const scope = scopeAround((path) => state.scopes.has(path), file);
    const obstacle = writeObstacle(state, { agent, epoch }, file, token, nowMs);
    return { file, scope, obstacle, free: file !== scope && isFree(state.settings, file) };
  });
  const scopes = scopesOf(judged);
  return {
    revision: state.revision,
    nowMs,
    files: judged,
    scopes: scopes.flatMap((path) => found(state.scopes.get(path))).map((scope) => viewScope(state, scope)),
    locks: locksOn(state, files).map((lock) => viewLock(state, lock)),
    agent: writer === undefined ? null : viewAgent(state, writer),
    problems,
  };
}

/** Those that overlap some of these files, each once, in order. */
function locksOn(state: State, files: readonly ScopePath[]): Lock[] {
  const locks = new Set(files.flatMap((file) => locksOverlapping(state, file)));
  return [...locks].sort((a, b) => (a.target < b.target ? -1 : 1));
}

/** Each once, in the order of the files. */
function scopesOf(files: readonly WritableFile[]): readonly ScopePath[] {
  return [...new Set(files.map((file) => file.scope).filter((scope) => scope !== null))];
}

const found = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
