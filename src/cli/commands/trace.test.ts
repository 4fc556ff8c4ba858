import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemsOf } from '../../insights/testing/trace-format.ts';
import type { TraceEvent } from '../../insights/index.ts';
import { commitAll, makeRepository } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { shopFiles } from '../testing/hook-session.ts';

async function worked(): Promise<string> {
  const root = makeRepository(shopFiles());
  commitAll(root);
  await rhemaIn(root, 'agent', 'join', 'alice');
  await rhemaIn(root, 'lock', 'acquire', 'api', '--agent', 'alice');
  return root;
}

const eventsIn = (text: string): readonly TraceEvent[] =>
  (JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] }).traceEvents;

it('writes a sound trace to standard output', async () => {
  const { code, stdout } = await rhemaIn(await worked(), 'trace', 'export');
  expect(code).toBe(0);
  const events = eventsIn(stdout);
  expect(problemsOf(events)).toEqual([]);
  expect(events).toContainEqual(expect.objectContaining({ ph: 'X', name: 'holds api', cat: 'lock' }));
});

it('writes it to a file, and says how many events and where it is opened', async () => {
  const root = await worked();
  const { code, stdout } = await rhemaIn(root, 'trace', 'export', '--out', 'trace.json');
  expect(code).toBe(0);
  const events = eventsIn(readFileSync(join(root, 'trace.json'), 'utf8'));
  expect(stdout).toContain(`${events.length} events written to ${join(root, 'trace.json')}`);
  expect(stdout).toContain('ui.perfetto.dev');
});

it('says which file cannot be written', async () => {
  const root = await worked();
  const { code, stderr } = await rhemaIn(root, 'trace', 'export', '--out', 'nowhere/trace.json');
  expect(code).toBe(2);
  expect(stderr).toContain('nowhere/trace.json');
  expect(existsSync(join(root, 'nowhere'))).toBe(false);
});

it('knows one format', async () => {
  const { code, stderr } = await rhemaIn('/', 'trace', 'export', '--format', 'svg');
  expect(code).toBe(2);
  expect(stderr).toContain('perfetto');
});
