/** Projects of Python. */
import { Builder, middle, numbered, type Model } from './model.ts';

const python = (...imported: readonly string[]): string => imported.map((one) => `import ${one}\n`).join('');
const modulesIn = (
  folder: string,
  list: readonly string[],
  ...imported: readonly string[]
): Record<string, string> =>
  Object.fromEntries(list.map((name) => [`${folder}/${name}.py`, python(...imported)]));
const inTests =
  (folder: string) =>
  (path: string): string =>
    `${folder}/test_${path.slice(path.lastIndexOf('/') + 1)}`;

/** One package under src, with tests, docs, examples and a changelog; like pallets/flask. */
export function onePythonPackage(): Model {
  const files = new Builder();
  files.add(
    'pyproject.toml',
    '[project]\nname = "teapot"\nversion = "3.1.0"\ndependencies = ["werkzeug>=3"]\n[project.scripts]\nteapot = "teapot.cli:main"\n',
  );
  files.add('CHANGES.rst', 'Version 3.1.0\n');
  files.add('uv.lock', 'version = 1\n');
  files.add('.pre-commit-config.yaml', 'repos: []\n');
  files.add('.github/workflows/tests.yaml', 'name: Tests\n');
  files.add('.github/workflows/publish.yaml', 'name: Publish\n');
  files.area(
    modulesIn('src/teapot', [
      'app',
      'cli',
      'ctx',
      'helpers',
      'sessions',
      'blueprints',
      'config',
      'globals',
      'logging',
      'signals',
      'templating',
      'testing',
      'typing',
      'views',
      'wrappers',
      '__init__',
    ]),
    inTests('tests'),
  );
  files.area(
    modulesIn('src/teapot/json', ['__init__', 'provider', 'tag'], 'teapot.globals'),
    () => 'tests/test_json.py',
  );
  files.area(
    modulesIn('src/teapot/plain', ['app', 'scaffold', 'blueprints'], 'teapot.typing'),
    inTests('tests'),
  );
  files.area(
    Object.fromEntries(
      numbered(
        30,
        (index) => [`docs/${index % 3 === 0 ? 'patterns/' : ''}page${index}.rst`, 'Page\n====\n'] as const,
      ),
    ),
    () => null,
  );
  for (const name of ['tutorial', 'celery', 'javascript']) {
    files.add(`examples/${name}/pyproject.toml`, `[project]\nname = "${name}"\ndependencies = ["teapot"]\n`);
    files.add(`examples/${name}/src/${name}/__init__.py`, python('teapot'));
  }
  return files.model({
    name: 'one-python-package',
    measured: { sizes: [1, 1, 4, 8, 26], overlap: [24, 16, 14], leader: 76, tested: 13 },
    shared: {
      'pyproject.toml': 18,
      'src/teapot/app.py': 13,
      '.github/workflows/tests.yaml': 12,
      '.pre-commit-config.yaml': 11,
      '.github/workflows/publish.yaml': 10,
    },
    recorded: { 'CHANGES.rst': 30, 'uv.lock': 10 },
  });
}

/** A uv workspace, and services beside it that Poetry builds. No one repository is meant. */
export function uvWorkspace(): Model {
  const files = new Builder();
  files.add(
    'pyproject.toml',
    '[project]\nname = "grove"\nversion = "0.1.0"\ndependencies = ["grove-cli"]\n[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/attic"]\n[tool.uv.sources]\ngrove-cli = { workspace = true }\n',
  );
  files.add('uv.lock', 'version = 1\n');
  files.add('CHANGELOG.md', '# Changes\n');
  files.add(
    'packages/attic/pyproject.toml',
    '[project]\nname = "grove-attic"\ndependencies = ["grove-core"]\n',
  );
  for (const [name, needed] of [
    ['core', []],
    ['store', ['core']],
    ['http', ['core']],
    ['models', ['core', 'store']],
    ['cli', ['http', 'models']],
    ['testing', ['core']],
  ] as const) {
    const folder = `packages/${name}`;
    const listed = needed.map((one) => `"grove-${one}"`).join(', ');
    const sources = needed.map((one) => `grove-${one} = { workspace = true }\n`).join('');
    const scripts = name === 'cli' ? '[project.scripts]\ngrove = "grove_cli:main"\n' : '';
    files.add(
      `${folder}/pyproject.toml`,
      `[project]\nname = "grove-${name}"\nversion = "0.1.0"\ndependencies = [${listed}]\n${scripts}[dependency-groups]\ndev = ["grove-testing"]\n[tool.uv.sources]\ngrove-testing = { workspace = true }\n${sources}`,
    );
    files.area(
      modulesIn(
        `${folder}/src/grove_${name}`,
        numbered(9, (index) => `module${index + 1}`),
        ...needed.map((one) => `grove_${one}`),
      ),
      inTests(`${folder}/tests`),
    );
  }
  for (const name of ['worker', 'gateway']) {
    files.add(
      `services/${name}/pyproject.toml`,
      `[tool.poetry]\nname = "${name}"\nversion = "0.1.0"\n[tool.poetry.dependencies]\npython = "^3.12"\ngrove-core = { path = "../../packages/core", develop = true }\n[tool.poetry.scripts]\n${name} = "${name}:main"\n`,
    );
    files.add(`services/${name}/poetry.lock`, '# by Poetry\n');
    files.area(
      modulesIn(
        `services/${name}/${name}`,
        numbered(6, (index) => `step${index + 1}`),
        'grove_core',
      ),
      inTests(`services/${name}/tests`),
    );
  }
  files.area(
    Object.fromEntries(numbered(12, (index) => [`docs/guide${index}.md`, '# Guide\n'] as const)),
    () => null,
  );
  return files.model({
    name: 'uv-workspace',
    measured: middle,
    shared: { 'pyproject.toml': 8, 'packages/core/pyproject.toml': 8 },
    recorded: { 'uv.lock': 20, 'CHANGELOG.md': 15 },
  });
}
