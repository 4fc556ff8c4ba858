/**
 * Under Node 20 what is added to an object literal after a spread at its beginning costs two microseconds each, and every such
 * object gets a hidden class of its own, so that whatever reads it is slow as well. In the rooms through which each command goes
 * a literal begins with a property.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const rooms = ['core', 'protocol', 'service'];

function beginsWithSpread(node: ts.Node): node is ts.ObjectLiteralExpression {
  if (!ts.isObjectLiteralExpression(node)) return false;
  const [first, ...others] = node.properties;
  return first !== undefined && ts.isSpreadAssignment(first) && !others.every(ts.isSpreadAssignment);
}

/** Where in a text, by line. */
function found(text: string): number[] {
  const source = ts.createSourceFile('text.ts', text, ts.ScriptTarget.Latest);
  const lines: number[] = [];
  const look = (node: ts.Node): void => {
    if (beginsWithSpread(node))
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    node.forEachChild(look);
  };
  look(source);
  return lines;
}

it.each(rooms)('%s has no object literal that begins with a spread and goes on with a property', (room) => {
  const folder = join(packageRoot, 'src', room);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|testing/.test(name));
  expect(sources.length).toBeGreaterThan(0);
  const all = sources.flatMap((name) =>
    found(readFileSync(join(folder, name), 'utf8')).map((line) => `src/${room}/${name}:${line}`),
  );
  expect(all).toEqual([]);
});

it('such a literal is found, and one that begins with a property is not', () => {
  expect(found('f({ ...a, b });\ng({ b, ...a });\nh({ ...a, ...b });')).toEqual([1]);
});
