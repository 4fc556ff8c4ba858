import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { expect, it } from 'vitest';
import * as library from './index.ts';

const page = readFileSync('docs/explore.md', 'utf8');

function blocksOf(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

/** What a program prints that may import this library and nothing else. */
function run(program: string): string {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const printed: string[] = [];
  const print = (...values: unknown[]): void => {
    printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
  };
  const importing = (name: string): unknown => {
    expect(name).toBe('rhema/explore');
    return library;
  };
  compileFunction(outputText, ['require', 'console', 'exports'])(importing, { log: print }, {});
  return printed.map((text) => `${text}\n`).join('');
}

it('the example of docs/explore.md prints what the page says', () => {
  expect(blocksOf('ts').length).toBeGreaterThan(1);
  expect(run(blocksOf('ts').join('\n'))).toBe(blocksOf('text').join(''));
});
