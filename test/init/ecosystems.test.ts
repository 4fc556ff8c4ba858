import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/context/testing/fixture.ts';
import { derived, graph, init, json, noticesOf } from './support.ts';

describe('Cargo', () => {
  it('members of a workspace and excluded crates are scopes, with the dependencies that have a path', async () => {
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["crates/*"]
exclude = ["crates/excluded"]
[workspace.dependencies]
shared = { path = "crates/shared" }
`,
      'crates/api/Cargo.toml': `[package]
name = "api"
[dependencies]
shared.workspace = true
serde = "1"
[target.'cfg(unix)'.dependencies]
unix = { package = "unix-only", path = "../unix" }
`,
      'crates/shared/Cargo.toml':
        '[package]\nname = "shared"\n[dev-dependencies]\ntesting = { path = "../../testing" }\n',
      'crates/unix/Cargo.toml':
        '[package]\nname = "unix-only"\n[build-dependencies]\nshared = { workspace = true }\n',
      'crates/excluded/Cargo.toml': '[package]\nname = "excluded"\n',
      'testing/Cargo.toml': '[package]\nname = "testing"\n',
      'elsewhere/Cargo.toml': '[package]\nname = "elsewhere"\n',
    });
    expect(graph).toEqual({
      '.': [],
      'crates/api': ['crates/shared', 'crates/unix'],
      'crates/excluded': [],
      'crates/shared': ['testing'],
      'crates/unix': ['crates/shared'],
      testing: [],
    });
  });

  it('a member that is named one by one stays a member where a folder around it is excluded', async () => {
    const crate = (name: string): string => `[package]\nname = "${name}"\n[dependencies]\n`;
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["old/kept", "new/*"]
exclude = ["old", "new/out"]
[workspace.dependencies]
kept = { path = "old/kept" }
`,
      'old/kept/Cargo.toml': crate('kept'),
      'old/other/Cargo.toml': `${crate('other')}kept.workspace = true\n`,
      'new/in/Cargo.toml': `${crate('in')}kept.workspace = true\n`,
      'new/out/Cargo.toml': `${crate('out')}kept.workspace = true\n`,
      'old/kept/inner/Cargo.toml': crate('inner'),
    });
    // What is excluded has no workspace to take a path from; what lies in a member is not its own workspace's.
    expect(graph).toEqual({
      '.': [],
      'new/in': ['old/kept'],
      'new/out': [],
      'old/kept': [],
      'old/other': [],
    });
  });

  it('a crate that is patched by one here is that one', async () => {
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["app"]
[workspace.dependencies]
three = { version = "3", package = "three-real" }
[patch.crates-io]
one = { path = "forks/one" }
renamed = { path = "forks/three", package = "three-real" }
[patch."https://example.org/two"]
two = { path = "forks/two" }
`,
      'app/Cargo.toml': `[package]
name = "app"
[dependencies]
alias = { version = "1", package = "one" }
two = { git = "https://example.org/two" }
three.workspace = true
other = { git = "https://example.org/one", package = "one" }
`,
      'forks/one/Cargo.toml': '[package]\nname = "one"\n',
      'forks/two/Cargo.toml':
        '[package]\nname = "two"\n[dependencies]\none = { registry = "own", version = "1" }\n',
      'forks/three/Cargo.toml': '[package]\nname = "three-real"\n[dependencies]\none = "1"\n',
    });
    expect(graph).toEqual({
      '.': [],
      app: ['forks/one', 'forks/three', 'forks/two'],
      'forks/one': [],
      'forks/three': ['forks/one'],
      'forks/two': [],
    });
  });

  it('crates without a workspace are scopes', async () => {
    const graph = await derived({
      'one/Cargo.toml':
        '[package]\nname = "one"\n[dependencies]\ntwo = { path = "../two", optional = true }\n',
      'two/Cargo.toml':
        '[package]\nname = "two"\n[dependencies]\nthree = "1"\n[patch.crates-io]\nthree = { path = "../three" }\n',
      'three/Cargo.toml': '[package]\nname = "three"\n',
    });
    expect(graph).toEqual({ '.': [], one: ['two'], three: [], two: ['three'] });
  });
});

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
});

describe('Python', () => {
  it('members of a uv workspace and projects beside it are scopes; sources say where requirements come from', async () => {
    const graph = await derived({
      'pyproject.toml': `[project]
name = "acme"
dependencies = ["core"]
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
[tool.uv.sources]
core = { workspace = true }
`,
      'packages/core/pyproject.toml': '[project]\nname = "Core"\ndependencies = ["requests>=2"]\n',
      'packages/web_ui/pyproject.toml': `[project]
name = "web-ui"
dependencies = ["core[extra]>=1 ; python_version > '3'", "billing"]
[project.optional-dependencies]
more = ["tools_x"]
[dependency-groups]
dev = ["Tools.X"]
[tool.uv.sources]
billing = { git = "https://example.org/billing" }
`,
      'packages/tools/pyproject.toml': '[project]\nname = "tools-x"\n',
      'packages/billing/pyproject.toml': '[project]\nname = "billing"\n',
      'packages/old/pyproject.toml':
        '[project]\nname = "old"\ndependencies = ["lint"]\n[tool.uv.sources]\nlint = { path = "../../tools/lint" }\n',
      'tools/lint/pyproject.toml': '[tool.poetry]\nname = "lint"\n',
    });
    expect(graph).toEqual({
      '.': ['packages/core'],
      'packages/billing': [],
      'packages/core': [],
      'packages/old': ['tools/lint'],
      'packages/tools': [],
      'packages/web_ui': ['packages/core', 'packages/tools'],
      'tools/lint': [],
    });
  });

  it('requirements with an address come from there, and only a path may be one of this repository', async () => {
    const graph = await derived({
      'a/pyproject.toml': `[project]
name = "a"
dependencies = [
  "b @ git+https://example.org/b",
  "c[x] @ file:///elsewhere/c",
  "d@https://example.org/d.whl",
  "e @ file:../e",
  "f @ file:///\${PROJECT_ROOT}/../f ; python_version > '3'",
  "g @ {root:uri}/../g",
]
`,
      ...Object.fromEntries(
        ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => [
          `${name}/pyproject.toml`,
          `[project]\nname = "${name}"\n`,
        ]),
      ),
    });
    expect(graph['a']).toEqual(['e', 'f', 'g']);
  });

  it('what a project needs to be built and developed counts as well', async () => {
    const root = makeRepository({
      'a/pyproject.toml': `[project]
name = "a"
[build-system]
requires = ["backend>=1"]
[tool.uv]
dev-dependencies = ["tools"]
[tool.pdm.dev-dependencies]
test = ["helpers"]
`,
      'backend/pyproject.toml': '[project]\nname = "backend"\n',
      'tools/pyproject.toml': '[project]\nname = "tools"\n',
      'helpers/pyproject.toml': '[project]\nname = "helpers"\n',
    });
    expect((await init(root)).links.map(({ to, kind }) => `${to}: ${kind}`)).toEqual([
      'backend: development',
      'helpers: development',
      'tools: development',
    ]);
  });

  it('projects of setup.cfg and setup.py are scopes, with the requirements that stand in them', async () => {
    const root = makeRepository({
      'cfg/setup.cfg': `[metadata]
name = Cfg_Project
[options]
install_requires =
    # remark
    literal>=1
    py; python_version > "3"
[options.extras_require]
more = extra[x]
[flake8]
max-line-length = 100
`,
      'cfg/setup.py': 'from setuptools import setup\nsetup()\n',
      'cfg/pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n',
      'literal/setup.py': `import setuptools

def setup(x): pass
setuptools.setup(
    name="literal",  # remark, (
    version=read("version.txt"),
    install_requires=['p' 'y>=1', """extra"""],
    extras_require={"dev": ["tools", ], 'x': []},
)
`,
      'py/setup.py': 'from distutils.core import setup\nsetup(name = "py", packages=["py"])\n',
      'extra/setup.cfg': '[metadata]\nname: extra\n',
      'tools/setup.cfg': '[metadata]\nname = tools\n',
      'mixed/pyproject.toml': '[project]\nname = "mixed"\ndynamic = ["dependencies"]\n',
      'mixed/setup.py':
        'from setuptools import setup\nsetup(install_requires="py\\nextra")\nsetup(name="no")\n',
      'style/setup.cfg': '[flake8]\nmax-line-length = 100\n',
      'scripts/setup.py': 'def setup(name): pass\nsetup(name="scripts")\n',
      'tests/x/setup.py': 'from setuptools import setup\nsetup(name="x")\n',
    });
    const plan = await init(root);
    expect(plan.origins).toEqual(['pyproject.toml', 'setup.cfg', 'setup.py']);
    expect(plan.scopes.map(({ path, name }) => `${path}: ${name}`)).toEqual([
      `.: ${plan.scopes[0]?.name}`,
      'cfg: Cfg_Project',
      'extra: extra',
      'literal: literal',
      'mixed: mixed',
      'py: py',
      'tools: tools',
    ]);
    expect(plan.links.map(({ from, to, kind }) => `${from} -> ${to}: ${kind}`)).toEqual([
      'cfg -> extra: optional',
      'cfg -> literal: required',
      'cfg -> py: required',
      'literal -> extra: required',
      'literal -> py: required',
      'literal -> tools: optional',
    ]);
    expect(noticesOf(plan)).toEqual(['MANIFEST_COMPUTED mixed/setup.py:2', 'NOT_EXPLAINED -']);
    expect(plan.notices.at(-1)?.message).toContain('has parts in style:');
  });

  it('what setup.py computes is named, and the rest is taken', async () => {
    const root = makeRepository({
      'a/setup.py': `from setuptools import setup
NAME = "a"
setup(
    name=NAME,
    install_requires=["b", *more, "d"] + open("b.txt").read().split(),
    extras_require=dict(x=["d"]),
    tests_require=[name for name in ["d"]],
)
`,
      'b/setup.py': 'import setuptools\nsetuptools.setup(name="b", **arguments)\n',
      'c/setup.py':
        'from setuptools import setup\nsetup(name=f"c{x}", install_requires=["d"] if x else ["b"]',
      'd/setup.cfg': '[metadata]\nname = d\n[options]\ninstall_requires = file: requirements.txt\n',
      'd/setup.py': 'from setuptools import setup\nsetup(name=read("name"))\n',
    });
    const plan = await init(root);
    expect(graph(plan)).toEqual({ '.': [], a: ['b', 'd'], b: [], c: ['d'], d: [] });
    expect(
      plan.notices.map(({ file, line, message }) => `${file}:${line} ${message.split(':', 1)[0]}`),
    ).toEqual([
      'a/setup.py:3 computes name, install_requires, extras_require, tests_require',
      'b/setup.py:2 computes arguments',
      'c/setup.py:2 computes name, install_requires',
      'd/setup.cfg:null takes install_requires from another file',
    ]);
    expect(plan.notices.every(({ code }) => code === 'MANIFEST_COMPUTED')).toBe(true);
  });

  it('projects of Poetry depend on each other by paths', async () => {
    const graph = await derived({
      'services/api/pyproject.toml': `[tool.poetry]
name = "api"
[tool.poetry.dependencies]
python = "^3.12"
shared = { path = "../../libs/shared", develop = true }
[tool.poetry.group.dev.dependencies]
helpers = { path = "../../libs/helpers" }
`,
      'libs/shared/pyproject.toml': '[tool.poetry]\nname = "shared"\n',
      'libs/helpers/pyproject.toml':
        '[tool.poetry]\nname = "helpers"\n[tool.poetry.dependencies]\nshared = "*"\n',
      'libs/pyproject.toml': '[tool.black]\nline-length = 100\n',
    });
    expect(graph).toEqual({
      '.': [],
      'libs/helpers': ['libs/shared'],
      'libs/shared': [],
      'services/api': ['libs/helpers', 'libs/shared'],
    });
  });
});

describe('folders', () => {
  it('at the top are scopes where no tool names any, with the imports between them', async () => {
    const graph = await derived({
      'README.md': '',
      'src/core/index.ts': '',
      'src/api/index.ts': "import '../core/index.ts';\n",
      'docs/index.md': '',
      'tools/build/main.mjs': "import '../../src/api/index.ts';\n",
      '.github/workflows/test.yaml': '',
    });
    expect(graph).toEqual({ '.': [], docs: [], 'src/api': ['src/core'], 'src/core': [], tools: ['src/api'] });
  });

  it('of a repository with one package are scopes, too', async () => {
    const graph = await derived({
      'package.json': json({ name: 'single' }),
      'src/index.ts': '',
      'test/index.test.ts': "import '../src/index.ts';\n",
    });
    expect(graph).toEqual({ '.': [], src: [], test: ['src'] });
  });

  it('are no scopes in an empty repository: only the top is', async () => {
    expect(await derived({})).toEqual({ '.': [] });
  });
});

it('ecosystems lie side by side, and two in one folder are one scope', async () => {
  const root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['bindings/*', 'web'] }),
    'web/package.json': json({ name: 'web', dependencies: { 'native-node': '*' } }),
    'bindings/node/package.json': json({ name: 'native-node' }),
    'bindings/node/Cargo.toml':
      '[package]\nname = "native-node"\n[dependencies]\nnative = { path = "../../native" }\n',
    'native/Cargo.toml': '[package]\nname = "native"\n',
    'jobs/go.mod': 'module example.com/jobs\n',
    'jobs/run/main.go': 'package main\n',
    'models/pyproject.toml': '[project]\nname = "models"\n',
  });
  const plan = await init(root);
  expect(plan.origins).toEqual(['package.json', 'Cargo.toml', 'go.mod', 'pyproject.toml']);
  expect(plan.scopes.map(({ path, name, type }) => `${path}: ${name}, ${type}`)).toEqual([
    '.: acme, repository',
    'bindings/node: native-node, library',
    'jobs/run: run, application',
    'models: models, library',
    'native: native, library',
    'web: web, library',
  ]);
  expect(plan.links.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
    'bindings/node -> native',
    'web -> bindings/node',
  ]);
});
