/**
 * The MCP Inspector's command line as a foreign client: `node test/mcp/inspector.mjs`, after `npm run build`.
 *
 * It is fetched from the npm registry to a temporary folder (110 MB, so it is no dependency of this package). Where it
 * cannot be had, this says so and ends well. Each call starts a server of its own, so an agent that goes on from one
 * call to the next shows that sessions outlive the process.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inspector = '@modelcontextprotocol/inspector@2.12.0';
const cliMain = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rhema-inspector-'));

try {
  const program = fetchInspector();
  if (program === null) process.stdout.write(`skipped: ${inspector} cannot be fetched\n`);
  else inspect(program, makeRepository());
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** @returns {string | null} */
function fetchInspector() {
  const home = join(folder, 'inspector');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{}');
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', inspector];
  const { status } = spawnSync('npm', args, { cwd: home, stdio: 'ignore' });
  return status === 0 ? join(home, 'node_modules', '.bin', 'mcp-inspector') : null;
}

/** @returns {string} */
function makeRepository() {
  const repository = join(folder, 'repository');
  execFileSync('git', ['init', '--quiet', repository]);
  for (const scope of ['.', 'services/auth']) {
    mkdirSync(join(repository, scope), { recursive: true });
    const text = `name: ${scope}\nscope_type: service\nversion: 1.0.0\n`;
    writeFileSync(join(repository, scope, 'rhema.yaml'), text.replace('name: .', 'name: root'));
  }
  return repository;
}

/** @param {string} program @param {string} repository */
function inspect(program, repository) {
  /** @param {readonly string[]} words */
  const ask = (...words) => {
    const server = [process.execPath, cliMain, 'mcp', '--repo', repository];
    const ended = spawnSync(program, ['--cli', ...server, ...words], { cwd: repository, encoding: 'utf8' });
    assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.stderr}`);
    process.stdout.write(`ok ${words.join(' ')}\n`);
    return JSON.parse(ended.stdout);
  };
  /** @param {string} name @param {readonly string[]} pairs */
  const call = (name, ...pairs) => {
    const args = pairs.flatMap((pair) => ['--tool-arg', pair]);
    return ask('--method', 'tools/call', '--tool-name', name, ...args).content[0].text;
  };

  assert.equal(ask('--method', 'tools/list', '--strict').tools.length, 8);
  assert.match(call('agent_join', 'agent=inspector'), /^JOINED as inspector/);
  assert.match(
    call('lock_acquire', 'agent=inspector', 'scopes=["services/auth"]'),
    /^GRANTED "services\/auth"/,
  );
  assert.match(call('lock_check', 'agent=inspector', 'path=services/auth/x.ts'), /^You MAY write/m);
  assert.match(call('lock_release', 'agent=inspector'), /^RELEASED "services\/auth"/);
  assert.equal(ask('--method', 'resources/list').resources.length, 3);
  assert.equal(ask('--method', 'resources/templates/list').resourceTemplates.length, 1);
  const { contents } = ask('--method', 'resources/read', '--uri', 'rhema://status');
  assert.match(contents[0].text, /inspector is idle/);
  call('agent_report', 'agent=inspector', 'status=left');
  execFileSync(process.execPath, [cliMain, '-C', repository, 'daemon', 'stop'], { stdio: 'ignore' });
}
