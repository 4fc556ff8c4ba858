/** Which room imports which, read from the source; `npm run drawing` puts it into ARCHITECTURE.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

/** By room, the rooms that it imports, both in alphabetical order. Types count, tests do not. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const root = process.cwd();
export const architecturePath = join(root, 'ARCHITECTURE.md');
const isTest = /\.test\.ts$|\/testing(\/|\.ts$)/;

export async function readImports(): Promise<Imports> {
  const { output } = await cruise(
    ['src', 'sim', 'bench'],
    { baseDir: root, exclude: { path: ['node_modules', isTest.source] }, tsPreCompilationDeps: true },
    { extensions: ['.ts', '.js', '.json'] },
  );
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of (output as ICruiseResult).modules) {
    const from = roomOf(source);
    if (from === null) continue;
    const others = imports.get(from) ?? new Set();
    imports.set(from, others);
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved);
      if (to !== null && to !== from) others.add(to);
    }
  }
  return new Map([...imports].sort(byName).map(([room, others]) => [room, [...others].sort()]));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** `src/core/locks.ts` is of `core`, `sim/agent.ts` of `sim`; the front doors of the package are no room. */
function roomOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? /^(sim|bench)\//.exec(path)?.[1] ?? null;
}

/** A circle of rooms, each importing the next; null when every arrow points down. */
export function circleOf(imports: Imports): readonly string[] | null {
  const done = new Set<string>();
  const visit = (room: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (done.has(room)) return null;
    for (const other of imports.get(room) ?? []) {
      const circle = visit(other, [...way, room]);
      if (circle !== null) return circle;
    }
    done.add(room);
    return null;
  };
  for (const room of imports.keys()) {
    const circle = visit(room, []);
    if (circle !== null) return circle;
  }
  return null;
}

/** Without the arrows that a longer way stands for: what is left fits on a page. */
function arrows(imports: Imports): readonly (readonly [string, string])[] {
  const reaches = (from: string, to: string): boolean =>
    (imports.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return [...imports].flatMap(([room, others]) =>
    others
      .filter((other) => !others.some((between) => between !== other && reaches(between, other)))
      .map((other) => [room, other] as const),
  );
}

export function drawingOf(imports: Imports): string {
  const lines = arrows(imports).map(([from, to]) => `  ${from} --> ${to}`);
  return ['```mermaid', 'graph TD', ...lines, '```'].join('\n');
}

const begin = '<!-- drawing: npm run drawing -->';
const end = '<!-- end of the drawing -->';

/** The page with this drawing in the place of the one it has. */
export function withDrawing(page: string, drawing: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`ARCHITECTURE.md needs a line ${begin} and, below it, a line ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${drawing}\n\n${page.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(architecturePath, 'utf8');
  writeFileSync(architecturePath, withDrawing(page, drawingOf(await readImports())));
}
