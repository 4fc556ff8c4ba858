/**
 * Golden dialogues: what several agents say to the machine, what it answers and what happens. A change of behaviour shows
 * as a diff in these files; `UPDATE_SCENARIOS=1 npx vitest run test/scenarios` writes them anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventKinds, type ResultKind } from '../../src/core/index.ts';
import { perform } from './perform.ts';

/** A kind that is missing here does not compile. */
const resultKinds: { readonly [Kind in Exclude<ResultKind, 'expired'>]: true } = {
  joined: true,
  resumed: true,
  left: true,
  renewed: true,
  statusSet: true,
  granted: true,
  queued: true,
  released: true,
  waitCancelled: true,
  revoked: true,
  scopesDefined: true,
  contextModified: true,
  syncStarted: true,
  syncSet: true,
  invalidated: true,
  messageSent: true,
  messagesRead: true,
  done: true,
};

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
const update = process.env['UPDATE_SCENARIOS'] === '1';

describe('scenarios', () => {
  test.each(files)('%s', (file) => {
    const path = join(folder, file);
    const expected = readFileSync(path, 'utf8');
    const performed = perform(expected);
    if (update) writeFileSync(path, performed);
    else expect(performed).toBe(expected);
  });
});

describe('somewhere in the scenarios', () => {
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const told = new Set(texts.match(/^ {2}(?: *\d+ (?:at \S+ )?[a-z.A-Z]+|\w+)/gm)?.map(lastWord));

  test.each(eventKinds)('%s happens', (kind) => {
    expect(told).toContain(kind);
  });

  test.each(Object.keys(resultKinds))('%s is answered', (kind) => {
    expect(told).toContain(kind);
  });
});

function lastWord(text: string): string {
  return text.trim().split(' ').at(-1) ?? '';
}
