import { execFileSync } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { CoordinatorError } from '../protocol/index.ts';
import type { OwnerCommand } from './start-owner.ts';
import { compareVersions } from './version.ts';

/** Where a program that runs may find itself again. */
export interface ProgramLocations {
  /** Of the Node that runs. */
  readonly node: string;
  /** The script that this program was started by, or would be. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file that runs, also when it has been removed; null where the system has no such name for it. */
  readonly runningNode: string | null;
}

/** The oldest Node that the program runs on, as `package.json` demands it. */
const nodeOldest = '20.19.0';
const versionTimeoutMs = 5_000;

/**
 * How to start this very program anew. A process that has run for days may find that its Node was upgraded and removed, or
 * its package; then those that the user has now are taken: `node` and `rhema` in the `PATH`. Throws `UNAVAILABLE` with what
 * was tried.
 */
export function findProgram(locations: ProgramLocations): OwnerCommand {
  const script = findScript(locations);
  const node = findNode(locations);
  if (script !== null && node !== null) return { file: node, args: [script] };
  const missing =
    script === null ? `${locations.script} is gone, and no rhema is in the PATH` : missingNode(locations);
  throw new CoordinatorError(
    'UNAVAILABLE',
    `the coordinator process cannot be started: ${missing}; install it again, then restart this program`,
  );
}

const missingNode = ({ node }: ProgramLocations): string =>
  `${node} is gone, and no Node ${nodeOldest} or later is in the PATH`;

function findScript({ script, env }: ProgramLocations): string | null {
  if (isFile(script)) return script;
  return inPath('rhema', env).map(realPath).find(isScript) ?? null;
}

/** The one in the `PATH` comes before the removed one that runs: that has lost the files beside it. */
function findNode({ node, env, runningNode }: ProgramLocations): string | null {
  if (isExecutable(node)) return node;
  return inPath('node', env).filter(isExecutable).find(isNewEnough) ?? runningNode;
}

/** Absolute ones only: what is found must not depend on the folder. */
function inPath(name: string, env: ProgramLocations['env']): string[] {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .filter(isFile);
}

function isNewEnough(node: string): boolean {
  try {
    const said = execFileSync(node, ['--version'], { encoding: 'utf8', cwd: '/', timeout: versionTimeoutMs });
    return compareVersions(said.trim().replace(/^v/, ''), nodeOldest) >= 0;
  } catch {
    return false;
  }
}

const isScript = (path: string): boolean => /\.[cm]?js$/.test(path);

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
