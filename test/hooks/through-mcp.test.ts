/** The hooks of Claude Code by the agent's own `rhema mcp`, as processes: what the client is told, and what doctor finds. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filledInput, jsonHookClients, toolHandlerAt } from '../../src/hooks/install/index.ts';
import { RawServer } from '../mcp/support/mcp-process.ts';
import { rhema } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

const file = '.claude/settings.json';
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = new Sandbox({ 'services/auth': [] });
  await rhema(sandbox, 'mcp', '--client-config', 'claude', '--write');
  const { stdout } = await rhema(sandbox, 'hooks', 'install', 'claude', '--handler', 'mcp', '--print');
  sandbox.write(join('repository', file), stdout);
});
afterAll(() => sandbox.clear());

const settings = (): string => readFileSync(join(sandbox.worktree, file), 'utf8');

async function aboutDoctor(): Promise<string> {
  const { stdout } = await rhema(sandbox, 'doctor');
  return stdout.split('\n').find((line) => line.includes('hooks of Claude Code')) ?? '';
}

it('an edit of what another agent holds is refused by the server, filled in as the client does', async () => {
  await rhema(sandbox, 'agent', 'join', 'alice');
  await rhema(sandbox, 'lock', 'acquire', 'services/auth/a.ts', '--agent', 'alice');
  const server = new RawServer(sandbox);
  await server.initialize('2025-11-25');
  const claude = jsonHookClients.find(({ name }) => name === 'claude');
  const handler = toolHandlerAt(claude!, settings(), 'PreToolUse');
  const ask = (path: string): object => ({
    name: handler?.['tool'],
    arguments: filledInput(handler ?? {}, {
      hook_event_name: 'PreToolUse',
      session_id: 's',
      cwd: sandbox.worktree,
      tool_name: 'Write',
      tool_use_id: path,
      tool_input: { file_path: join(sandbox.worktree, path), content: 'x' },
    }),
  });
  server.request(2, 'tools/call', ask('services/auth/a.ts'));
  expect(JSON.stringify(await server.answer(2))).toMatch(/permissionDecision.*deny.*a\.ts is held by alice/);
  server.request(3, 'tools/call', ask('services/auth/b.ts'));
  expect(await server.answer(3)).toMatchObject({ result: { content: [{ type: 'text', text: '{}' }] } });
  server.child.stdin.end();
  await server.ended;
});

it('doctor starts the server as the client would, and has an edit refused by it', async () => {
  expect(await aboutDoctor()).toMatch(/^ok .*enforced: .* refused after \d+ ms; fails closed:/);
});

it('doctor finds a handler that asks in words which are not understood', async () => {
  const whole = settings();
  sandbox.write(join('repository', file), whole.replace('"${tool_input.file_path}"', '""'));
  expect(await aboutDoctor()).toMatch(/^problem .*nothing: an edit on trial was not refused/);
  sandbox.write(join('repository', file), whole);
});

it('doctor does not start another server than this one', async () => {
  const servers = { rhema: { type: 'stdio', command: 'touch', args: [join(sandbox.folder, 'started')] } };
  writeFileSync(join(sandbox.worktree, '.mcp.json'), JSON.stringify({ mcpServers: servers }));
  expect(await aboutDoctor()).toMatch(/^warning .*not tried: .*the server rhema of \.mcp\.json/);
  rmSync(join(sandbox.worktree, '.mcp.json'));
  expect(await aboutDoctor()).toMatch(/^warning .*not tried/);
});
