import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll, makeRepository } from '../../repository/testing/fixture.ts';
import { contextOf, Session, shopFiles } from '../testing/hook-session.ts';

function shop(): string {
  const root = makeRepository(shopFiles());
  commitAll(root);
  return root;
}

/** A session that edits a file, and is gone without having committed it. */
async function leave(root: string, path: string): Promise<void> {
  const gone = new Session(root, 'gone');
  expect((await gone.before(path)).code).toBe(0);
  writeFileSync(join(root, path), 'half done\n');
  await gone.after(path);
  await gone.say('SessionEnd');
}

test('whoever gets a file in which another has left what is not committed is told so, once', async () => {
  const root = shop();
  await leave(root, 'api/a.ts');
  const next = new Session(root, 'next');
  expect((await next.before('api/a.ts')).code).toBe(0);
  expect(contextOf(await next.after('api/a.ts'))).toMatch(
    /api\/a\.ts has changes in it that are not committed, and are not yours\. BEFORE you: claude-\w{6} .*Look at git diff/,
  );
  await next.before('api/a.ts');
  expect(contextOf(await next.after('api/a.ts'))).not.toContain('not committed');
});

test('of what was committed nothing is said, nor of what nobody had', async () => {
  const root = shop();
  await leave(root, 'api/a.ts');
  commitAll(root);
  const next = new Session(root, 'next');
  await next.before('api/a.ts');
  expect(contextOf(await next.after('api/a.ts'))).not.toContain('not committed');
  writeFileSync(join(root, 'api/b.ts'), 'a person’s own\n');
  await next.before('api/b.ts');
  expect(contextOf(await next.after('api/b.ts'))).not.toContain('not committed');
});
