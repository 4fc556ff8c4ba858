/** What it takes to have Claude Code ask the agent's own `rhema mcp` about edits, in place of a command. */
import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { invalidInput } from '../../answer/errors.ts';
import type { Call } from '../../call.ts';
import { line } from '../../format/text.ts';
import type { Environment } from '../../world/world.ts';
import { clients, namesServer } from '../client-config-clients.ts';
import type { Draft } from './draft.ts';

/** The oldest that was seen to refuse an edit while the server does not answer; older ones let it pass. */
const leastVersion = [2, 1, 330] as const;
const leastText = leastVersion.join('.');
const { file: serverFile } = clients.claude;

/** Said where it is written. */
export const toolHandlerAdvice = `edits are asked about through rhema mcp, and refused while it does not answer: allow the server of ${serverFile} in your client. Whoever uses the file needs Claude Code ${leastText}: one that does not know mcp_tool passes over the whole file, and asks about nothing`;

/** @throws CommandError INVALID_INPUT where it cannot be relied on. */
export async function checkToolHandler(call: Call, draft: Draft): Promise<void> {
  if (!hasServer(draft))
    throw invalidInput(
      `${serverFile} has no server rhema, so no edit would pass: first run rhema mcp --client-config claude --write`,
    );
  const found = await installedVersion(call.ports.env, draft.root);
  if (found === null)
    throw invalidInput(
      `there is no claude on your PATH, so nobody can tell whether it knows this handler: it takes version ${leastText}`,
    );
  if (!isNewEnough(found))
    throw invalidInput(
      line`claude on your PATH is of version ${found}: before ${leastText} it lets edits pass where rhema mcp does not answer`,
    );
}

/** What is wrong where a file asks so already. */
export const toolHandlerNotes = (draft: Draft): string[] =>
  hasServer(draft)
    ? []
    : [
        `no edit passes, since ${serverFile} has no server rhema: rhema mcp --client-config claude --write adds it`,
      ];

function hasServer(draft: Draft): boolean {
  const text = draft.read(serverFile);
  return text !== null && namesServer(clients.claude, text);
}

/** Why a client that is installed cannot be relied on to refuse; null: it can, or there is none. */
export async function whyUnreliable(env: Environment, worktree: string): Promise<string | null> {
  const found = await installedVersion(env, worktree);
  return found === null || isNewEnough(found)
    ? null
    : line`claude on your PATH is of version ${found}: before ${leastText} edits pass where rhema mcp does not answer`;
}

function isNewEnough(text: string): boolean {
  const numbers = text.split('.').map(Number);
  const at = leastVersion.findIndex((least, index) => numbers[index] !== least);
  return at === -1 || (numbers[at] ?? 0) > (leastVersion[at] ?? 0);
}

/** What it takes to say a number. */
const patienceMs = 10_000;

/** Nothing of the repository is run, also where its folders are on the PATH. Null: there is none, or it says no version. */
function installedVersion(env: Environment, worktree: string): Promise<string | null> {
  const program = programOutside(env, worktree);
  if (program === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(program, ['--version'], { cwd: '/', timeout: patienceMs, env: { ...env } }, (error, stdout) => {
      const [, version = null] = /^(\d+\.\d+\.\d+)/.exec(stdout) ?? [];
      resolve(error === null ? version : null);
    });
  });
}

function programOutside(env: Environment, worktree: string): string | null {
  const top = `${realPath(worktree) ?? worktree}${sep}`;
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, 'claude');
    const real = executableAt(path);
    if (real !== null && !real.startsWith(top) && !path.startsWith(top)) return path;
  }
  return null;
}

function executableAt(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return realPath(path);
  } catch {
    return null;
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
