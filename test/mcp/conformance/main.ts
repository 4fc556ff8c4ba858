/**
 * The official conformance suite, and the Inspector's command line with `--strict`, against our HTTP stack and against
 * `rhema serve`: `node test/mcp/conformance/main.ts`, by Node 22.18 or later, after `npm run build` and
 * `npm ci --prefix test/mcp/conformance/suite`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { serveFixture, serveProduct, type Server } from './servers.ts';

/** Where `npm ci` has put them: far more than what everybody installs here. */
const installed = fileURLToPath(new URL('suite/node_modules/@modelcontextprotocol', import.meta.url));
const suite = join(installed, 'conformance/dist/index.js');
const inspector = join(installed, 'inspector/clients/launcher/build/index.js');

/** What a revision requires; frozen with it. */
const revisions = ['2025-11-25', '2026-07-28'] as const;

/** What can be asked of any server, by the revision in whose way. */
const generic: readonly (readonly [scenario: string, revision: (typeof revisions)[number]])[] = [
  ['server-initialize', '2025-11-25'],
  ['ping', '2025-11-25'],
  ['tools-list', '2025-11-25'],
  ['tools-list', '2026-07-28'],
  ['resources-list', '2025-11-25'],
  ['resources-list', '2026-07-28'],
  ['dns-rebinding-protection', '2025-11-25'],
  ['dns-rebinding-protection', '2026-07-28'],
  ['http-header-validation', '2026-07-28'],
  ['sep-2164-resource-not-found', '2026-07-28'],
  ['server-stateless', '2026-07-28'],
];

/** Checks of `server-stateless` that need tools of the fixture: they fail on a server that has tools of its own. */
const ofFixtureAlone: readonly string[] = [
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
];

const folder = mkdtempSync(join(tmpdir(), 'rhema-conformance-'));
let failures = 0;
const fixture = await serveFixture();
const product = await serveProduct(folder);
try {
  for (const revision of revisions)
    await conforms(`the fixture, ${revision}`, fixture, [], ['--requirements', revision]);
  for (const [scenario, revision] of generic) {
    const expected = scenario === 'server-stateless' ? ofFixtureAlone : [];
    const words = ['--scenario', scenario, '--spec-version', revision];
    await conforms(`rhema serve, ${scenario}, ${revision}`, product, expected, words);
  }
  await inspects('tools/list', '--strict');
  await inspects('resources/list');
  await inspects('tools/call', '--tool-name', 'coordination_status');
} finally {
  await fixture.close();
  await product.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
process.exitCode = failures === 0 ? 0 : 1;

/** Exactly the expected checks fail. */
async function conforms(
  title: string,
  { url }: Server,
  expected: readonly string[],
  words: readonly string[],
): Promise<void> {
  const { code, said } = await run(suite, 'server', '--url', url, ...words);
  const failed = [...said.matchAll(/\[(\S+) *\] FAILURE/g)].map(([, check]) => check);
  const asExpected = code === 0 ? expected.length === 0 : expected.length > 0 && same(failed, expected);
  tell(asExpected, title, said);
}

function same(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

async function inspects(method: string, ...words: readonly string[]): Promise<void> {
  const { url, token } = product.direct;
  const header = `Authorization: Bearer ${token}`;
  const asking = ['--cli', url, '--transport', 'http', '--header', header, '--method', method];
  const { code, said } = await run(inspector, ...asking, ...words);
  tell(code === 0, `the Inspector: ${[method, ...words].join(' ')}`, said);
}

function tell(isOk: boolean, title: string, said: string): void {
  process.stdout.write(`${isOk ? 'ok' : 'FAILED'} ${title}\n`);
  if (isOk) return;
  failures += 1;
  process.stdout.write(`${said}\n`);
}

/** What a program says, without colours, and how it ends. */
async function run(
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = { ...process.env, NO_COLOR: '1', HOME: folder };
  const child = spawn(process.execPath, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (said += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: stripVTControlCharacters(said) };
}
