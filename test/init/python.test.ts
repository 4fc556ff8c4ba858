import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, graph, init, noticesOf } from './support.ts';

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
      'scripts: scripts',
      'style: style',
      'tests: tests',
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
    // All that lies at the top is in a scope of its own: nothing is left to explain.
    expect(noticesOf(plan)).toEqual(['MANIFEST_COMPUTED mixed/setup.py:2']);
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
