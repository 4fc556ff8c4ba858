/** A job that is too much for one request, in parts that each fit; times in whole milliseconds, as the machine counts them. */
import type { FilePath, ScopePath, Settings, Wish } from '../core/index.ts';
import type { Piece } from './worker.ts';

/**
 * As many scopes to a piece as an agent may hold. Where their files are too many for one agent, those with the most are taken as
 * a whole. The work is divided as the targets are.
 */
export function cutUp(
  { wish, workMs }: Piece,
  scopeOf: (file: FilePath) => ScopePath | null,
  { maxLocksPerAgent, maxFilesPerAgent }: Settings,
): Piece[] {
  const parts = partsOf(wish, scopeOf);
  const total = sizeOf(parts);
  const pieces: Piece[] = [];
  for (let at = 0; at < parts.length; at += maxLocksPerAgent) {
    const some = parts.slice(at, at + maxLocksPerAgent);
    pieces.push({
      wish: wishOf(some, maxFilesPerAgent),
      workMs: Math.round((workMs * sizeOf(some)) / total),
      isCut: true,
    });
  }
  return pieces;
}

/** What is wanted of one scope; no files: the whole. */
interface Part {
  readonly scope: ScopePath;
  readonly files: readonly FilePath[];
}

function partsOf({ scopes, files = [] }: Wish, scopeOf: (file: FilePath) => ScopePath | null): Part[] {
  const parts = new Map<ScopePath, FilePath[]>(scopes.map((scope) => [scope, []]));
  for (const file of files) {
    const scope = scopeOf(file);
    if (scope === null) continue;
    const others = parts.get(scope);
    if (others === undefined) parts.set(scope, [file]);
    else others.push(file);
  }
  return [...parts].map(([scope, wanted]) => ({ scope, files: wanted }));
}

const sizeOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { files }) => sum + Math.max(1, files.length), 0);

function wishOf(parts: readonly Part[], maxFiles: number): Wish {
  const whole = new Set(parts.filter(({ files }) => files.length === 0));
  const rest = parts.filter((part) => !whole.has(part)).sort((a, b) => b.files.length - a.files.length);
  for (const part of rest) {
    const left = rest.filter((one) => !whole.has(one));
    if (left.reduce((sum, { files }) => sum + files.length, 0) <= maxFiles) break;
    whole.add(part);
  }
  return {
    scopes: [...whole].map(({ scope }) => scope).sort(),
    files: rest
      .filter((part) => !whole.has(part))
      .flatMap(({ files }) => files)
      .sort(),
  };
}

/** A job as so many steps at most, of as many targets each; `fromEnd`: the last of them first. */
export function inSteps({ wish, workMs }: Piece, steps: number, fromEnd: boolean): Piece[] {
  const files = wish.files ?? [];
  const all = [...wish.scopes.map((scope) => ({ scope })), ...files.map((file) => ({ file }))];
  if (fromEnd) all.reverse();
  const size = Math.max(1, Math.ceil(all.length / steps));
  const pieces: Piece[] = [];
  for (let at = 0; at < Math.max(1, all.length); at += size) {
    const some = all.slice(at, at + size);
    pieces.push({
      wish: {
        scopes: some.flatMap((one) => ('scope' in one ? one.scope : [])).sort(),
        files: some.flatMap((one) => ('file' in one ? one.file : [])).sort(),
      },
      workMs: all.length === 0 ? workMs : Math.round((workMs * some.length) / all.length),
      isCut: false,
    });
  }
  return pieces;
}
