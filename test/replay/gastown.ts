/** The record of a real repository on which hundreds of agents worked: its scopes, and who committed what when. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ScopeDefinition, ScopePath } from '../../src/core/index.ts';
import { scopePath } from '../support/machine.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const scopesFile = join(folder, 'gastown.scopes.json');
const editsFile = join(folder, 'gastown.edits.jsonl.gz');

export const isRecordPresent = existsSync(scopesFile) && existsSync(editsFile);

/** One commit that touched at least one scope. */
export interface Commit {
  readonly atMs: number;
  readonly agent: string;
  /** Sorted, without repeats. */
  readonly scopes: readonly ScopePath[];
}

export function readScopes(): ScopeDefinition[] {
  const { scopes } = JSON.parse(readFileSync(scopesFile, 'utf8')) as {
    scopes: readonly { readonly path: string; readonly dependencies: readonly string[] }[];
  };
  return scopes.map(({ path, dependencies }) => ({
    path: scopePath(path),
    name: path,
    type: 'package',
    dependencies: dependencies.map(scopePath).sort(),
  }));
}

/** In order of time. Files outside of any scope are left out, and commits with no other files. */
export function readCommits(scopes: readonly ScopeDefinition[]): Commit[] {
  const known = new Set<string>(scopes.map((scope) => scope.path));
  return readEdits()
    .map(({ t, agent, files }) => ({ atMs: t * 1_000, agent, scopes: scopesOf(files, known) }))
    .filter((commit) => commit.scopes.length > 0)
    .sort((a, b) => a.atMs - b.atMs);
}

/** A line of the record: a commit, in the order in which it has them. */
interface Edit {
  /** Seconds since 1970. */
  readonly t: number;
  readonly agent: string;
  readonly files: readonly string[];
}

export function readEdits(): Edit[] {
  const lines = gunzipSync(readFileSync(editsFile)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Edit);
}

function scopesOf(files: readonly string[], known: ReadonlySet<string>): ScopePath[] {
  const nearest = files.map((file) => nearestScope(file, known)).filter((path) => path !== null);
  return [...new Set(nearest)].sort().map(scopePath);
}

function nearestScope(file: string, known: ReadonlySet<string>): string | null {
  let path = file;
  while (path.includes('/')) {
    path = path.slice(0, path.lastIndexOf('/'));
    if (known.has(path)) return path;
  }
  return null;
}
