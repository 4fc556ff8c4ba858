import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../withstand/support/paths.ts';
import { shapeOf, transcriptIn, withTranscript } from './document.ts';
import { recordTranscript } from './record.ts';

it('the transcript in the README is what the program does now, but for times and numbers', async () => {
  const shown = transcriptIn(readFileSync(join(packageRoot, 'README.md'), 'utf8'));
  expect(shapeOf(await recordTranscript())).toBe(shapeOf(shown));
});

describe('a document', () => {
  const document = 'before\n<!-- transcript: npm run transcript -->\nold\n<!-- /transcript -->\nafter\n';

  it('gets a transcript between its marks, and gives it back', () => {
    const changed = withTranscript(document, 'alice$ rhema\nanswer');
    expect(changed).toMatch(/^before\n/);
    expect(changed).toMatch(/\nafter\n$/);
    expect(transcriptIn(changed)).toBe('alice$ rhema\nanswer');
    expect(withTranscript(changed, 'alice$ rhema\nanswer')).toBe(changed);
  });

  it('without marks is refused', () => {
    expect(() => withTranscript('no marks', 'x')).toThrow('has no');
  });
});

it('two runs have the same shape, two other answers do not', () => {
  expect(shapeOf('token 7, until 14:05:59, in 0.9 s')).toBe(
    shapeOf('token 12, until 00:00:01, in 2 min 1 s'),
  );
  expect(shapeOf('token 7')).not.toBe(shapeOf('ticket 7'));
});
