/** Modules of Go. */
import { Builder, middle, numbered, type Model } from './model.ts';

const go = (folder: string, imported: readonly string[]): string => {
  const name = folder.slice(folder.lastIndexOf('/') + 1).replace(/\W/g, '') || 'main';
  const lines = ['"context"', ...imported.map((path) => `"${path}"`)].map((one) => `\t_ ${one}\n`);
  return `package ${name}\n\nimport (\n${lines.join('')})\n`;
};
const testOf = (path: string): string => path.replace(/\.go$/, '_test.go');
const sources = (folder: string, count: number, imported: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    numbered(
      count,
      (index) => [`${folder}/file${index + 1}.go`, go(folder, index === 0 ? imported : [])] as const,
    ),
  );

/** Dozens of modules that replace each other by their folders, and a file for each change; like open-telemetry/opentelemetry-collector. */
export function goModules(): Model {
  const files = new Builder();
  const prefix = 'example.org/gather';
  const kinds = ['receiver', 'processor', 'exporter', 'extension', 'connector'];
  const modules = new Map<string, readonly string[]>([
    ['pdata', []],
    ['component', ['pdata']],
    ['consumer', ['pdata']],
    ['confmap', []],
    ...kinds.map((kind): [string, readonly string[]] => [kind, ['component', 'consumer']]),
    ...kinds.flatMap((kind) =>
      numbered(3, (index): [string, readonly string[]] => [
        `${kind}/${['otlp', 'debug', 'batch'][index]}${kind}`,
        [kind, 'confmap'],
      ]),
    ),
    ['service', [...kinds, 'confmap']],
    ['cmd/builder', ['confmap']],
    ['cmd/gen', ['component']],
    ['internal/tools', []],
  ]);
  for (const [folder, needed] of modules) {
    const all = [...new Set(needed.flatMap((one) => [one, ...(modules.get(one) ?? [])]))];
    const up = folder
      .split('/')
      .map(() => '..')
      .join('/');
    const replaced = all.map((one) => `replace ${prefix}/${one} => ${up}/${one}\n`).join('');
    files.add(
      `${folder}/go.mod`,
      `module ${prefix}/${folder}\n\ngo 1.24\n\nrequire (\n${all.map((one) => `\t${prefix}/${one} v1.40.0\n`).join('')})\n\n${replaced}`,
    );
    files.add(`${folder}/go.sum`, '');
    files.area(
      sources(
        folder,
        6,
        needed.map((one) => `${prefix}/${one}`),
      ),
      testOf,
    );
    files.area(sources(`${folder}/internal/metadata`, 2, []), testOf);
    files.add(`${folder}/testdata/config.yaml`, 'a: 1\n');
  }
  files.area(sources('cmd/gen/internal/cfg', 8, []), testOf);
  files.area(sources('pdata/ptrace', 8, [`${prefix}/pdata`]), testOf);
  files.area(sources('service/telemetry', 8, [`${prefix}/service`]), testOf);
  files.add('go.mod', `module ${prefix}\n\ngo 1.24\n`);
  files.add('go.sum', '');
  files.add('versions.yaml', 'modules: {}\n');
  files.add('.chloggen/config.yaml', 'a: 1\n');
  files.add('CHANGELOG.md', '# Changes\n');
  files.area(
    Object.fromEntries(numbered(12, (index) => [`docs/page${index}.md`, '# Page\n'] as const)),
    () => null,
  );
  return files.model({
    name: 'go-modules',
    measured: { sizes: [1, 3, 8, 16, 50], overlap: [8, 5, 6], leader: 14, tested: 51 },
    shared: { 'cmd/gen/internal/cfg/file1.go': 8, 'cmd/gen/internal/cfg/file1_test.go': 8 },
    recorded: { 'service/go.sum': 10, 'CHANGELOG.md': 5 },
    notes: { folder: '.chloggen', ending: '.yaml', share: 40 },
  });
}

/** One module with a command and its inside, as dozens of packages; like steveyegge/gastown. */
export function goModule(): Model {
  const files = new Builder();
  const prefix = 'example.org/town';
  files.add('go.mod', `module ${prefix}\n\ngo 1.24\n`);
  files.add('go.sum', '');
  files.add('CHANGELOG.md', '# Changes\n');
  files.area(
    sources(
      'internal/cmd',
      40,
      ['config', 'mail', 'rig', 'hooks', 'git'].map((one) => `${prefix}/internal/${one}`),
    ),
    testOf,
  );
  const packages = [
    'hooks',
    'mail',
    'rig',
    'git',
    'config',
    'daemon',
    'doctor',
    'web',
    'style',
    'session',
    'runtime',
    'util',
    'ui',
    'lock',
    'events',
  ];
  for (const [index, name] of packages.entries())
    files.area(
      sources(
        `internal/${name}`,
        8,
        packages
          .slice(index + 1)
          .filter((_, at) => at % 4 === 0)
          .map((one) => `${prefix}/internal/${one}`),
      ),
      testOf,
    );
  files.area(sources('internal/web/static', 2, []), testOf);
  files.add('internal/web/testdata/page.html', '<html></html>\n');
  files.add('cmd/town/main.go', go('main', [`${prefix}/internal/cmd`]));
  files.area(
    Object.fromEntries(numbered(10, (index) => [`docs/page${index}.md`, '# Page\n'] as const)),
    () => null,
  );
  return files.model({
    name: 'go-module',
    measured: middle,
    shared: { 'internal/hooks/file1.go': 8, 'internal/cmd/file1.go': 5 },
    recorded: { 'go.sum': 5, 'CHANGELOG.md': 10 },
  });
}
