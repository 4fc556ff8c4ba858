/** Whether an agent may write some files now. The core decides; this only finds their scopes. */
import { scopeAround, writeObstacle, type ScopePath, type State, type TimeMs } from '../core/index.ts';
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
    const obstacle =
      scope === null ? 'SCOPE_NOT_FOUND' : writeObstacle(state, { agent, epoch }, scope, token, nowMs);
    return { file, scope, obstacle };
  });
  const scopes = scopesOf(judged);
  return {
    revision: state.revision,
    nowMs,
    files: judged,
    scopes: scopes.flatMap((path) => found(state.scopes.get(path))).map((scope) => viewScope(state, scope)),
    locks: scopes.flatMap((path) => found(state.locks.get(path))).map((lock) => viewLock(state, lock)),
    agent: writer === undefined ? null : viewAgent(state, writer),
    problems,
  };
}

/** Each once, in the order of the files. */
function scopesOf(files: readonly WritableFile[]): readonly ScopePath[] {
  return [...new Set(files.map((file) => file.scope).filter((scope) => scope !== null))];
}

const found = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
