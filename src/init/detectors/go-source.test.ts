import { expect, it } from 'vitest';
import { goDirectives, goImports, goPackageName } from './go-source.ts';

it.each([
  ['one', 'package a\nimport "x/y"\n', ['x/y']],
  ['one after another', 'package a; import "x"; import "y"\n', ['x', 'y']],
  ['a group with names', 'package a\nimport (\n\tn "x"\n\t_ "y"\n\t. "z"\n)\n', ['x', 'y', 'z']],
  ['a group on one line', 'package a\nimport ("x"; "y")\n', ['x', 'y']],
  ['in raw quotes', 'package a\nimport `x/y`\n', ['x/y']],
  [
    'between remarks',
    '// Copyright "c"\n\n/* import "no" */ package a // "no"\nimport /* "no" */ "x" // "no"\n',
    ['x'],
  ],
  ['with a byte for byte odd layout', 'package\ta\r\n\r\nimport(\r\n"x"\r\n)\r\n', ['x']],
  ['with letters of any alphabet', 'package größe\nimport ñ "x"\n', ['x']],
  ['no import after other declarations', 'package a\nimport "x"\nvar s = "import"\nimport "no"\n', ['x']],
  ['nothing in an empty file', '', []],
  ['nothing of an import without an end', 'package a\nimport (\n', []],
  ['nothing of a path without an end', 'package a\nimport "x\nimport "y"\n', ['y']],
  ['nothing behind a remark without an end', 'package a\nimport (\n"x"\n/* "no"\n"no"\n)\n', ['x']],
  ['build constraints above', '//go:build linux\n\npackage a\n\nimport "x"\n', ['x']],
])('reads %s', (_title, text, expected) => {
  expect(goImports(text)).toEqual(expected);
});

it.each([
  ['the first line', 'package main\n', 'main'],
  ['under remarks and build constraints', '//go:build linux\n\n/* package no */\n\npackage x // y\n', 'x'],
  ['the first line, with other line ends', 'package main\r\n', 'main'],
  ['no certain place, since something stands before it', 'var x = 1\npackage main\n', ''],
  ['no place in an empty file', '', ''],
])('finds the name of a package in %s', (_title, text, expected) => {
  expect(goPackageName(text)).toBe(expected);
});

/** Looked at anew from every line or mark, the largest text that is read would take half an hour. */
const bytes = 4 * 1024 * 1024;

it.each([
  ['empty lines', '\n'.repeat(bytes)],
  ['blanks', ' '.repeat(bytes)],
])('finds no package in a text of %s within the time that it takes to read it once', (_title, text) => {
  expect(goPackageName(text)).toBe('');
});

it.each([
  ['beginnings of remarks', '/*'],
  ['beginnings of texts', '"\\"'],
  ['beginnings of raw texts', '`'],
])('finds no import among %s within the time that it takes to read them once', (_title, mark) => {
  expect(goImports(`package a\nimport (\n${mark.repeat(bytes / mark.length)}x`)).not.toContain('x');
});

it('reads a directive behind a remark within the time that it takes to read it once', () => {
  const text = `module a ${'/'.repeat(bytes)}\u2028\n`;
  expect(goDirectives(text)).toEqual([{ verb: 'module', words: ['a'] }]);
});

it.each([
  ['a line', 'module example.com/a // ours\n', [{ verb: 'module', words: ['example.com/a'] }]],
  ['quotes', 'module "example.com/a"\n', [{ verb: 'module', words: ['example.com/a'] }]],
  [
    'a block',
    'use (\n\t./a // first\n\n\t./b\n)\ngo 1.22\n',
    [
      { verb: 'use', words: ['./a'] },
      { verb: 'use', words: ['./b'] },
      { verb: 'go', words: ['1.22'] },
    ],
  ],
  [
    'other line ends',
    'go 1.22\r\nuse ./a\r\n',
    [
      { verb: 'go', words: ['1.22'] },
      { verb: 'use', words: ['./a'] },
    ],
  ],
])('reads %s of go.mod and go.work', (_title, text, expected) => {
  expect(goDirectives(text)).toEqual(expected);
});
