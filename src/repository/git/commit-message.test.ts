import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git, makeRepository, write } from '../testing/fixture.ts';
import { addTrailers, type Trailer } from './commit-message.ts';

const agent: Trailer = { key: 'Rhema-Agent', value: 'al', ifThere: 'replace' };
const token = (value: string): Trailer => ({ key: 'Rhema-Token', value, ifThere: 'addIfDifferent' });

async function added(message: string, trailers: readonly Trailer[] = [agent, token('5')], config = {}) {
  const root = makeRepository({});
  for (const [key, value] of Object.entries(config)) git(root, 'config', key, String(value));
  write(root, { message });
  await addTrailers(root, join(root, 'message'), trailers);
  return readFileSync(join(root, 'message'), 'utf8');
}

it('adds them below what is said, and above comments and what Git cuts off', async () => {
  expect(await added('say\n')).toBe('say\n\nRhema-Agent: al\nRhema-Token: 5\n');
  expect(await added('say\n\n---\nmore\n')).toBe('say\n\n---\nmore\n\nRhema-Agent: al\nRhema-Token: 5\n');
  expect(await added('say\n\n# comment\n')).toMatch(/^say\n\nRhema-Agent: al\nRhema-Token: 5\n\n# comment/);
  const cut = '# ------------------------ >8 ------------------------\ndiff\n';
  expect(await added(`say\n${cut}`)).toBe(`say\n\nRhema-Agent: al\nRhema-Token: 5\n${cut}`);
  expect(await added('say\n\n;c\n', [agent], { 'core.commentChar': ';' })).toBe(
    'say\n\nRhema-Agent: al\n\n;c\n',
  );
});

it('names who has made it last, and keeps the tokens of what was made before', async () => {
  const before = 'say\n\nSigned-off-by: x\nRhema-Agent: bo\nRhema-Token: 3\n';
  expect(await added(before, [agent, token('3'), token('5'), token('6')])).toBe(
    'say\n\nSigned-off-by: x\nRhema-Token: 3\nRhema-Agent: al\nRhema-Token: 5\nRhema-Token: 6\n',
  );
});

it('leaves a message that says nothing, so that Git makes no commit of it', async () => {
  const cut = '# ------------------------ >8 ------------------------\ndiff\n';
  for (const empty of ['', '\n\n', '# comment\n\n', cut]) expect(await added(empty)).toBe(empty);
});

it('starts no program that the configuration of the repository names', async () => {
  const started = join(makeRepository({}), 'started');
  const config = { 'trailer.x.command': `touch ${started}`, 'trailer.x.key': 'X' };
  expect(await added('say\n', [agent], config)).toBe('say\n\nRhema-Agent: al\n');
  expect(existsSync(started)).toBe(false);
});
