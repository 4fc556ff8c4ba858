/** Crates, alone and beside packages of npm. */
import { Builder, middle, numbered, type Model } from './model.ts';

const crate = (name: string, dependencies: readonly string[], more = ''): string =>
  `[package]\nname = "${name}"\nversion = "0.3.0"\n${more}[dependencies]\n${dependencies.map((one) => `${one}\n`).join('')}`;
const sources = (folder: string, list: readonly string[]): Record<string, string> =>
  Object.fromEntries(list.map((name) => [`${folder}/src/${name}.rs`, '//! A module.\n']));
const inTests =
  (folder: string) =>
  (path: string): string =>
    `${folder}/tests/${path.slice(path.lastIndexOf('/') + 1)}`;

/** A program and its libraries in a Cargo workspace, a fuzzer outside of it, and examples; like BurntSushi/ripgrep and tokio-rs/axum. */
export function cargoWorkspace(): Model {
  const files = new Builder();
  const [glob, walk, match, regex, search, print] = ['glob', 'walk', 'match', 'regex', 'search', 'print'].map(
    (one) => `sift-${one}`,
  );
  files.add(
    'Cargo.toml',
    `[package]\nname = "sift"\nversion = "14.1.0"\n[[bin]]\nname = "sift"\npath = "crates/core/main.rs"\n[workspace]\nmembers = ["crates/glob", "crates/walk", "crates/match", "crates/regex", "crates/search", "crates/print", "examples/*"]\nexclude = ["fuzz"]\n[workspace.dependencies]\n${match} = { version = "0.3", path = "crates/match" }\n[dependencies]\n${print} = { version = "0.3", path = "crates/print" }\n${walk} = { version = "0.3", path = "crates/walk" }\n`,
  );
  files.add('Cargo.lock', 'version = 4\n');
  files.add('CHANGELOG.md', '# Changes\n');
  const crates: readonly (readonly [string, readonly string[]])[] = [
    ['walk', [`${glob} = { version = "0.3", path = "../glob" }`]],
    ['print', [`${search} = { version = "0.3", path = "../search" }`, `${match}.workspace = true`]],
    [
      'search',
      [
        `${match} = { workspace = true }`,
        `regex_engine = { version = "0.3", path = "../regex", package = "${regex}" }`,
      ],
    ],
    ['regex', [`${match}.workspace = true`, 'memchr = "2"']],
    ['match', []],
    ['glob', ['memchr = "2"']],
  ];
  files.area(
    Object.fromEntries(
      ['main', 'flags/defs', 'flags/parse', 'flags/hiargs', 'search', 'haystack', 'logger'].map((name) => [
        `crates/core/${name}.rs`,
        '//! A module.\n',
      ]),
    ),
    () => 'tests/feature.rs',
  );
  for (const [name, needed] of crates) {
    files.add(`crates/${name}/Cargo.toml`, crate(`sift-${name}`, needed));
    files.area(
      sources(`crates/${name}`, ['lib', 'default_types', ...numbered(7, (index) => `part${index + 1}`)]),
      inTests(`crates/${name}`),
    );
  }
  files.add('fuzz/Cargo.toml', crate('fuzz', [`${glob} = { path = "../crates/glob" }`], '[workspace]\n'));
  files.add('fuzz/fuzz_targets/glob.rs', '');
  for (const name of ['hello', 'count', 'stream']) {
    files.add(
      `examples/${name}/Cargo.toml`,
      crate(`example-${name}`, [`${search} = { path = "../../crates/search" }`]),
    );
    files.add(`examples/${name}/src/main.rs`, '');
  }
  files.add('tests/regression.rs', '');
  files.area(
    Object.fromEntries(numbered(6, (index) => [`.github/workflows/job${index}.yml`, 'name: job\n'] as const)),
    () => null,
  );
  return files.model({
    name: 'cargo-workspace',
    measured: { sizes: [1, 1, 2, 3, 11], overlap: [18, 14, 9], leader: 58, tested: 9 },
    shared: {
      'crates/walk/src/default_types.rs': 10,
      'Cargo.toml': 9,
      'tests/regression.rs': 7,
      'crates/core/flags/defs.rs': 6,
    },
    recorded: { 'Cargo.lock': 20, 'CHANGELOG.md': 25 },
  });
}

/** A tool in Rust with bindings, plugins and a site in JavaScript. No one repository is meant. */
export function cargoAndNpm(): Model {
  const files = new Builder();
  files.add(
    'Cargo.toml',
    '[workspace]\nmembers = ["crates/*", "bindings/node"]\n[workspace.dependencies]\nforge-core = { path = "crates/core" }\n',
  );
  files.add('Cargo.lock', 'version = 4\n');
  files.json('package.json', {
    name: 'forge-root',
    private: true,
    workspaces: ['bindings/*', 'packages/*', 'site'],
  });
  files.json('package-lock.json', { lockfileVersion: 3 });
  for (const [name, needed] of [
    ['core', []],
    ['parse', ['forge-core.workspace = true']],
    ['emit', ['forge-core.workspace = true']],
    ['cli', ['forge-parse = { path = "../parse" }', 'forge-emit = { path = "../emit" }']],
  ] as const) {
    files.add(
      `crates/${name}/Cargo.toml`,
      crate(
        `forge-${name}`,
        needed,
        name === 'cli' ? '[[bin]]\nname = "forge"\npath = "src/part1.rs"\n' : '',
      ),
    );
    files.area(
      sources(`crates/${name}`, ['lib', ...numbered(12, (index) => `part${index + 1}`)]),
      inTests(`crates/${name}`),
    );
  }
  files.add(
    'bindings/node/Cargo.toml',
    crate('forge-node', [
      'forge-parse = { path = "../../crates/parse" }',
      'forge-emit = { path = "../../crates/emit" }',
    ]),
  );
  files.json('bindings/node/package.json', { name: '@forge/node', version: '0.3.0', main: 'index.js' });
  files.area(sources('bindings/node', ['lib', 'convert', 'watch']), () => 'bindings/node/test/index.test.js');
  for (const [name, needed] of [
    ['plugin-api', ['@forge/node']],
    ['plugin-css', ['@forge/plugin-api']],
    ['plugin-image', ['@forge/plugin-api']],
  ] as const) {
    files.json(`packages/${name}/package.json`, {
      name: `@forge/${name}`,
      version: '0.3.0',
      main: 'index.js',
      dependencies: Object.fromEntries(needed.map((one) => [one, '^0.3.0'])),
    });
    files.area(
      Object.fromEntries(
        numbered(
          8,
          (index) => [`packages/${name}/src/part${index + 1}.js`, `import '${needed[0]}';\n`] as const,
        ),
      ),
      (path) => path.replace('/src/', '/test/').replace('.js', '.test.js'),
    );
  }
  files.json('site/package.json', {
    name: 'site',
    private: true,
    dependencies: { '@forge/plugin-css': '^0.3.0' },
  });
  files.area(
    Object.fromEntries(numbered(20, (index) => [`site/pages/page${index}.md`, '# Page\n'] as const)),
    () => null,
  );
  return files.model({
    name: 'cargo-and-npm',
    measured: middle,
    shared: { 'Cargo.toml': 8, 'crates/core/src/lib.rs': 8 },
    recorded: { 'Cargo.lock': 15, 'package-lock.json': 15 },
  });
}
