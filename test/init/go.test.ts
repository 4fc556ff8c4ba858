import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, init, noticesOf } from './support.ts';

describe('Go', () => {
  it('packages of a module are scopes, with their imports', async () => {
    const graph = await derived({
      'go.mod': 'module example.com/acme // ours\n\ngo 1.22\n',
      'main.go': 'package main\n\nimport "example.com/acme/internal/api"\n',
      'internal/api/api.go': `// Package api ...
package api

import (
	"fmt"
	st "example.com/acme/internal/store" // names it
	_ \`example.com/acme/internal/side\`
	. "example.com/acme/internal/dot"
	"example.com/elsewhere/internal/store"
)

var text = "import \\"example.com/acme/internal/never\\""
`,
      'internal/api/api_test.go': 'package api_test\nimport "example.com/acme/internal/never"\n',
      'internal/store/store.go':
        'package store\n/* import "example.com/acme/internal/never" */\nimport "C"\n',
      'internal/side/side.go': 'package side\n',
      'internal/dot/dot.go': 'package dot\n',
      'internal/never/never.go': 'package never\n',
      'internal/api/testdata/x/x.go': 'package x\n',
      'vendor/example.com/y/y.go': 'package y\n',
    });
    expect(graph).toEqual({
      '.': ['internal/api'],
      'internal/api': ['internal/dot', 'internal/never', 'internal/side', 'internal/store'],
      'internal/dot': [],
      'internal/never': [],
      'internal/side': [],
      'internal/store': [],
    });
  });

  it('modules of a go.work depend on each other by their module paths', async () => {
    const root = makeRepository({
      'go.work': 'go 1.22\n\nuse (\n\t./api\n\t"./lib" // quoted\n)\nuse ./gone\n',
      'api/go.mod': 'module (\n\texample.com/api\n)\nrequire example.com/lib v1.0.0\n',
      'api/cmd/main.go': 'package main\nimport "example.com/lib/deep"\n',
      'lib/go.mod': 'module example.com/lib\n',
      'lib/lib.go': 'package lib\n',
      'lib/deep/deep.go': 'package deep\nimport ("example.com/lib"; "os")\n',
    });
    const plan = await init(root);
    expect(plan.links.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'api/cmd -> lib/deep',
      'lib/deep -> lib',
    ]);
    expect(noticesOf(plan)).toEqual(['MEMBER_MISSING go.work']);
  });

  it('imports of a module that is replaced by a folder lead there, and those of one from elsewhere nowhere', async () => {
    const graph = await derived({
      'go.work': 'use (\n\t./app\n\t./fork\n)\nreplace x/both => ./lib\n',
      'app/go.mod':
        'module x/app\nreplace x/old v1.2.0 => ../fork\nreplace (\n\tx/lib => y/lib v1.0.0\n\tx/both => ../fork\n)\n',
      'app/main.go': 'package main\nimport (\n\t_ "x/old/sub"\n\t_ "x/lib"\n\t_ "x/both"\n)\n',
      'fork/go.mod': 'module x/new\n',
      'fork/sub/sub.go': 'package sub\nimport _ "x/old/sub"\n',
      'lib/go.mod': 'module x/lib\n',
      'lib/lib.go': 'package lib\n',
    });
    expect(graph).toEqual({ '.': [], app: ['fork/sub', 'lib'], 'fork/sub': [], lib: [] });
  });

  it('what is in no build counts no more than a test', async () => {
    const root = makeRepository({
      'go.mod': 'module x\n',
      'a/gen.go': '//go:build ignore\n\npackage main\nimport _ "x/b"\n',
      'a/lib.go': '//go:build !ignore\n\n// ignore\npackage a\nimport _ "x/c"\n',
      'b/old.go': '// +build ignore\n\npackage main\nimport _ "x/c"\n',
      'c/c.go': 'package c\n',
    });
    const plan = await init(root);
    expect(plan.links.map(({ from, to, kind }) => `${from} -> ${to}: ${kind}`)).toEqual([
      'a -> b: development',
      'a -> c: import',
      'b -> c: development',
    ]);
    expect(plan.scopes.find(({ path }) => path === 'a')?.type).toBe('library');
  });

  it.each([
    ['go.work', 'go 1.22\nuse (\n\t./a\n'],
    ['a/go.mod', 'module x/a\nrequire (\n'],
  ])('a block without an end in %s is named', async (file, text) => {
    const root = makeRepository({ 'a/go.mod': 'module x/a\n', 'a/a.go': 'package a\n', [file]: text });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual([`MANIFEST_BROKEN ${file}:2`]);
    expect(plan.scopes.map(({ path }) => path)).toEqual(['.', 'a']);
  });

  it.each([
    ['marks of a conflict', 'import (\n<<<<<<< HEAD\n\t"x/b"\n=======\n\t"x/c"\n>>>>>>> other\n)\n'],
    ['marks of a conflict around', '<<<<<<< HEAD\nimport "x/b"\n=======\nimport n "x/c"\n>>>>>>> other\n'],
    ['a path without an end', 'import (\n\t"fmt\n\t"x/b"\n\t"x/c"\n)\n'],
    ['a raw path without an end', 'import `fmt\nimport "x/b"\nimport _ "x/c"\n'],
    ['a group without an end', 'import (\n\t"x/b"\n\t"x/c"\n'],
  ])('a source with %s among its imports is named, and they are found', async (_title, imports) => {
    const root = makeRepository({
      'go.mod': 'module x\n',
      'a/a.go': `package a\n\n${imports}\nfunc A() {}\n`,
      'b/b.go': 'package b\n',
      'c/c.go': 'package c\n',
    });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['SOURCE_BROKEN a/a.go']);
    expect(plan.scopes.find(({ path }) => path === 'a')?.dependencies).toEqual(['b', 'c']);
  });
});
