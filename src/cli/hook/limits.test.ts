import { expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { Session, shopFiles } from '../testing/hook-session.ts';

function shop(more: string): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

test('an agent at the limit of its scopes is told the option, and never to give back what it has not committed', async () => {
  const root = shop('  max_locks_per_agent: 1\n');
  const one = new Session(root, 'one');
  await one.before('api/a.ts');
  write(root, { 'api/a.ts': 'changed\n' });
  const { code, told } = await one.before('web/w.ts');
  expect(code).toBe(2);
  expect(told).toMatch(
    /^rhema: not written: web\/w\.ts is refused by max_locks_per_agent, since you work in api,/,
  );
  expect(told).toContain('Give nothing back that you have not committed.');
  expect(told).toContain('ask your user to raise max_locks_per_agent');
  expect(told).toContain(': 2 or more.');
  expect(told).not.toMatch(/release/);
});

test('one agent too many is told the option, and to ask', async () => {
  const root = shop('  max_locks_per_agent: 4\n  max_concurrent_agents: 1\n');
  const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
  await one.before('api/a.ts');
  const { code, told } = await two.before('web/w.ts');
  expect(code).toBe(2);
  expect(told).toMatch(/max_concurrent_agents[^]*--wait[^]*ask your user to raise that option/);
});

test('limits that are too tight for agents with hooks are told by install, status and doctor, with the line to write', async () => {
  const root = shop('  max_locks_per_agent: 1\n');
  const lines = ['max_locks_per_agent: 1000', 'max_concurrent_agents: 32'];
  const said = async (...words: string[]): Promise<string> => (await rhemaIn(root, ...words)).stdout;
  expect(await said('hooks', 'status')).not.toContain('max_');
  const told = [await said('hooks', 'install', 'codex', '--yes'), await said('hooks', 'status')];
  for (const text of told) for (const line of lines) expect(text).toContain(`top folder: ${line}`);
  const wide = `${lines.map((line) => `  ${line}\n`).join('')}`;
  write(root, shopFiles(wide));
  expect(await said('hooks', 'status')).not.toContain('max_');
});

test('shell commands that passed by unjudged are counted, and status and doctor say how many, and of which kinds', async () => {
  const root = shop('');
  const one = new Session(root, 'one');
  await rhemaIn(root, 'hooks', 'install', 'codex', '--yes');
  for (const command of ['python -c "1"', 'python -c "2"', 'cp a $B'])
    await one.say('PreToolUse', { tool_name: 'Bash', tool_input: { command } });
  const text =
    '3 shell commands passed by, as nobody could tell what they write: 2 a program of its own; 1 a name that is known only when it is run';
  expect((await rhemaIn(root, 'hooks', 'status')).stdout).toContain(text);
  const { stdout } = await rhemaIn(root, 'hooks', 'status', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ unjudged: { interpreter: 2, variable: 1 } });
  expect((await rhemaIn(root, 'doctor')).stdout.replaceAll(/\s+/g, ' ')).toContain(text);
});
