import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { openSqliteStore } from './index.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

/** Child processes run the built package: Node 20 cannot run TypeScript. */
const dist = new URL('../../../dist/store/', import.meta.url);

let folder: string;
let path: string;

beforeEach(() => {
  if (!existsSync(new URL('sqlite/index.js', dist))) throw new Error('run `npm run build` before this test');
  folder = folderOfTest('rhema-processes-');
  path = join(folder, 'log.db');
});

function spawnNode(script: string): ChildProcess {
  const imports = `
    import { writeSync } from 'node:fs';
    import { openSqliteStore } from ${JSON.stringify(new URL('sqlite/index.js', dist).href)};
    import { sampleEntries } from ${JSON.stringify(new URL('samples.js', dist).href)};
    const store = await openSqliteStore(${JSON.stringify(path)});`;
  return spawn(process.execPath, ['--input-type=module', '--eval', imports + script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const batch = 3;

/** Appends batches flat out for ever, and prints the last revision after each one that is done. */
const appendForEver = `
  for (let { last } = await store.bounds(); ; last += ${batch}) {
    const outcome = await store.append(last, sampleEntries(last + 1, last + ${batch}));
    if (outcome.kind === 'done') writeSync(1, String(last + ${batch}) + '\\n');
  }`;

/** Kills an appending child after some acknowledgements; returns the last revision that it acknowledged. */
async function killWhileAppending(acknowledgements: number): Promise<number> {
  const child = spawnNode(appendForEver);
  let acknowledged = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    acknowledged = Number(line);
    count += 1;
    if (count === acknowledgements) child.kill('SIGKILL');
  }
  return acknowledged;
}

test('a process killed while it appends leaves every acknowledged entry and no part of a batch', async () => {
  for (const acknowledgements of [1, 40, 400]) {
    const acknowledged = await killWhileAppending(acknowledgements);
    const store = await openSqliteStore(path);
    const { last } = await store.bounds();
    expect(acknowledged).toBeGreaterThanOrEqual(acknowledgements * batch);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    expect(last % batch).toBe(0);
    expect(await store.verify()).toEqual([]);
    await store.close();
  }
});

const writers = 8;
const appendsPerWriter = 50;

/** Appends a fixed number of entries in its name, reading on whenever another was faster. */
const appendMany = (name: string) => `
  let { last } = await store.bounds();
  for (let done = 0; done < ${appendsPerWriter};) {
    const outcome = await store.append(last, sampleEntries(last + 1, last + 1, '${name}'));
    if (outcome.kind === 'unknown') throw outcome.cause;
    if (outcome.kind === 'done') { done += 1; last += 1; } else { last = outcome.lastRevision; }
  }
  await store.close();`;

test('eight processes that append at once, from the creation of the log on, all finish and leave no gap', async () => {
  const children = Array.from({ length: writers }, (_, index) => spawnNode(appendMany(`writer-${index}`)));
  const codes = await Promise.all(
    children.map(async (child) => ((await once(child, 'exit')) as [number])[0]),
  );
  expect(codes).toEqual(children.map(() => 0));
  const store = await openSqliteStore(path);
  const outcome = await store.read(asRevision(1), 10_000);
  const entries = outcome.kind === 'entries' ? outcome.entries : [];
  expect(entries.map((entry) => entry.revision)).toEqual(
    Array.from({ length: writers * appendsPerWriter }, (_, index) => index + 1),
  );
  const byWriter = new Map<string | null, number>();
  for (const { by } of entries) byWriter.set(by, (byWriter.get(by) ?? 0) + 1);
  expect([...byWriter.values()]).toEqual(Array.from({ length: writers }, () => appendsPerWriter));
  await store.close();
});
