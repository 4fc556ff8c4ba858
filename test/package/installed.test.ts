import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The package as somebody installs it: from its tarball, without optional parts, and without any other package. */
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rhema-installed-'));
const installed = join(folder, 'node_modules/rhema');
const main = join(installed, 'dist/cli/main.js');

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

beforeAll(() => {
  const packed = npm(checkout, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  writeFileSync(join(folder, 'package.json'), '{}');
  npm(folder, 'install', '--offline', '--omit=optional', '--no-audit', '--no-fund', join(folder, filename));
});
afterAll(() => rmSync(folder, { recursive: true }));

function rhema(cwd: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], { cwd, encoding: 'utf8' });
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it('it is one package of under 10 MB, on a disk that counts in blocks', () => {
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'rhema',
  ]);
  const bytes = filesBelow(installed).map((file) => Math.ceil(statSync(file).size / 4_096) * 4_096);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(10_000_000);
});

it('each file of the program has what the others ask it for', () => {
  const cli = join(installed, 'dist/cli');
  const files = readdirSync(cli).filter((name) => name.endsWith('.js'));
  const textOf = (name: string): string => readFileSync(join(cli, name), 'utf8');
  const missing = files.flatMap((name) => {
    const text = textOf(name);
    return Array.from(text.matchAll(/const (require_\w+) = require\("\.\/([^"]+)"\)/g)).flatMap(
      ([, variable = '', target = '']) => {
        const given = textOf(target);
        const asked = new Set(
          Array.from(text.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g')), ([, each = '']) => each),
        );
        return [...asked]
          .filter((each) => !new RegExp(`exports(?:, "${each}"|\\.${each}\\b)`).test(given))
          .map((each) => `${name} asks ${target} for ${each}`);
      },
    );
  });
  expect(missing).toEqual([]);
});

it.skipIf(process.platform === 'win32')(
  'a checkout that is linked keeps a program that runs after a build',
  () => {
    expect(statSync(join(checkout, 'dist/cli/main.js')).mode & 0o777).toBe(0o755);
  },
);

it('the program answers, alone and about a repository', () => {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  expect(rhema(folder, '--version')).toBe(`${version}\n`);
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet', repository]);
  expect(rhema(repository, 'init', '--dry-run')).toContain('agent_coordination');
  expect(JSON.parse(rhema(repository, 'config', 'show', '--json'))).toMatchObject({ ok: true });
});

/** What was left out, for a Node that has no SQLite of its own. */
function addSqlite(): void {
  const place = join(folder, 'node_modules/@photostructure');
  if (!existsSync(place)) symlinkSync(join(checkout, 'node_modules/@photostructure'), place);
}

it('with SQLite beside it, it starts the coordinator of a repository', () => {
  const repository = join(folder, 'coordinated');
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet', repository]);
  addSqlite();
  rhema(repository, 'init', '--yes');
  rhema(repository, 'agent', 'join', 'alice');
  expect(rhema(repository, 'status')).toContain('alice');
  expect(rhema(repository, 'daemon', 'stop')).toContain('has left');
});

it('a client that starts its server is answered', async () => {
  const server = spawn(process.execPath, [main, 'mcp'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  const ended = once(server, 'close').then(() => Promise.reject(new Error('it ended without an answer')));
  const answer = once(createInterface({ input: server.stdout }), 'line');
  const [line] = (await Promise.race([answer, ended])) as [string];
  expect(JSON.parse(line)).toMatchObject({ id: 1, result: { serverInfo: { name: 'rhema' } } });
  server.stdin.end();
  await ended.catch(() => null);
  expect(server.exitCode).toBe(0);
});

it('every subpath can be imported, and has types', async () => {
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const entries = Object.entries(exports).filter(([, target]) => typeof target !== 'string');
  const names = entries.map(([subpath]) => `rhema${subpath.slice(1)}`);
  const script = join(folder, 'imports.mjs');
  writeFileSync(script, names.map((name) => `await import('${name}');`).join('\n'));
  execFileSync(process.execPath, [script]);
  const late = join(folder, 'late.mjs');
  writeFileSync(
    late,
    `const { loadRequestParsers } = await import('rhema/protocol');
     (await loadRequestParsers()).parseQuery({ kind: 'status', at: null });
     const { connectOverHttp } = await import('rhema/client');
     await (await connectOverHttp({ server: 'http://127.0.0.1:9', token: 'unused' })).close();`,
  );
  execFileSync(process.execPath, [late]);
  for (const [, target] of entries)
    expect(statSync(join(installed, (target as { readonly types: string }).types)).isFile()).toBe(true);
});

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => fileName);
}

it('every file that a module or its types name is there, also what is loaded only when it is needed', () => {
  const modules = filesBelow(join(installed, 'dist')).filter((file) => /\.(?:js|d\.ts)$/.test(file));
  const missing = modules.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => join(file, '..', file.endsWith('.d.ts') ? name.replace(/\.[jt]s$/, '.d.ts') : name))
      .filter((path) => !existsSync(path) && !existsSync(`${path}.js`))
      .map((path) => `${relative(installed, file)} asks for ${relative(installed, path)}`),
  );
  expect(missing).toEqual([]);
});

it('neither a module nor its types ask for another package', () => {
  const modules = filesBelow(join(installed, 'dist')).filter((file) => /\.(?:js|d\.ts)$/.test(file));
  const packages = modules.flatMap(importsOf).filter((name) => !/^(?:\.|node:)/.test(name));
  expect([...new Set(packages)].filter((name) => !isBuiltin(name))).toEqual(['@photostructure/sqlite']);
});

it('the licence of whatever was taken in is told', () => {
  const told = readFileSync(join(installed, 'dist/cli/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['commander', 'zod', 'yaml', 'pino', '@modelcontextprotocol/server', '@babel/parser'])
    expect(told).toMatch(new RegExp(`^${name} [\\d.]+ \\(.+\\)$`, 'm'));
  expect(readFileSync(join(installed, 'dist/protocol/THIRD-PARTY-LICENSES.txt'), 'utf8')).toContain('zod');
});

/** Files of the program that a command has loaded by its end. */
function loadedBy(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): string[] {
  const told = join(folder, 'loaded.json');
  const hook = join(folder, 'loaded.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  execFileSync(process.execPath, ['--require', hook, main, ...args], {
    cwd,
    env: { ...process.env, ...env },
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return (JSON.parse(readFileSync(told, 'utf8')) as string[]).map((file) => basename(file, '.js'));
}

it('what agents type loads neither MCP nor the parser of messages', () => {
  const repository = join(folder, 'typed');
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet'], { cwd: repository });
  addSqlite();
  rhema(repository, 'init', '--yes');
  for (const args of [
    ['agent', 'join', 'alice'],
    ['lock', 'acquire', '.', '--agent', 'alice'],
    ['lock', 'renew', '.', '--agent', 'alice'],
    ['lock', 'release', '--agent', 'alice'],
    ['inbox', '--agent', 'alice'],
    ['status'],
  ]) {
    const loaded = loadedBy(repository, args);
    expect(loaded).toContain('program');
    expect(loaded.filter((name) => /^(mcp|zod|requests|logger|decider|webhooks)/.test(name))).toEqual([]);
  }
  rhema(repository, 'daemon', 'stop');
});

it('a hook of a client loads neither what decides nor what calls others: it is started at each step of an agent', () => {
  const repository = join(folder, 'hooked');
  mkdirSync(join(repository, 'src'), { recursive: true });
  execFileSync('git', ['init', '--quiet'], { cwd: repository });
  addSqlite();
  rhema(repository, 'init', '--yes');
  for (const hook_event_name of ['PreToolUse', 'PostToolUse']) {
    const edit = { tool_name: 'Edit', tool_input: { file_path: join(repository, 'src/a.ts') } };
    const payload = JSON.stringify({ session_id: 's', cwd: repository, hook_event_name, ...edit });
    const loaded = loadedBy(repository, ['hook', 'claude'], {}, payload);
    expect(loaded).toContain('hook');
    expect(loaded.filter((name) => /^(decider|webhook|dispatch|program|machine|mcp|zod)/.test(name))).toEqual(
      [],
    );
  }
  rhema(repository, 'daemon', 'stop');
});

/** Files of the program that have parts of OpenTelemetry. */
function ofTracing(): string[] {
  const cli = join(installed, 'dist/cli');
  const files = readdirSync(cli).filter((name) => name.endsWith('.js'));
  const some = files.filter((name) => readFileSync(join(cli, name), 'utf8').includes('@opentelemetry/'));
  return some.map((name) => basename(name, '.js'));
}

it('OpenTelemetry is loaded where a receiver is named, and nowhere else', () => {
  const repository = join(folder, 'followed');
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet'], { cwd: repository });
  addSqlite();
  rhema(repository, 'init', '--yes');
  rhema(repository, 'agent', 'join', 'alice');
  const parts = ofTracing();
  expect(parts).toContain('tracing');
  const partsLoaded = (args: readonly string[], env: NodeJS.ProcessEnv, input = ''): string[] =>
    loadedBy(repository, args, env, input).filter((name) => parts.includes(name));
  const named = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  expect(partsLoaded(['mcp'], {})).toEqual([]);
  expect(partsLoaded(['mcp'], named)).toContain('tracing');
  expect(partsLoaded(['mcp'], { ...named, OTEL_SDK_DISABLED: 'true' })).toEqual([]);
  // What lives for a moment is not followed at all.
  const begun = JSON.stringify({ session_id: 's-1', hook_event_name: 'SessionStart', cwd: repository });
  expect(partsLoaded(['hook', 'claude'], named, begun)).toEqual([]);
  expect(partsLoaded(['lock', 'acquire', '.', '--agent', 'alice'], named)).toEqual([]);
  rhema(repository, 'daemon', 'stop');
});
