import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, expect, it } from 'vitest';
import { rhemaIn } from '../../../src/cli/testing/direct.ts';
import { commitAll, makeRepository, write } from '../../../src/repository/testing/fixture.ts';
import { packageRoot } from '../../withstand/support/paths.ts';

/** What a program that reads SARIF would say against it; empty: nothing. */
let problemsOf: (text: string) => readonly unknown[];

beforeAll(() => {
  const path = join(packageRoot, 'test/contrib/sarif/sarif-2.1.0-rtm.5.json');
  // Of the two words by which draft 4 names itself the validator knows none; all others are as in the drafts after it.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const isUri = (base?: string) => (text: string) => !/[\s<>"{}|\\^`]/.test(text) && URL.canParse(text, base);
  const formats = {
    uri: isUri(),
    'uri-reference': isUri('file:///'),
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  };
  const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats }).compile(schema);
  problemsOf = (text) => (validate(JSON.parse(text)) ? [] : (validate.errors ?? []));
});

const rhemaYaml =
  'name: shop\nagent_coordination:\n  enabled: true\n  max_locks_per_agent: 4\n  scopes: { api: {} }\n';

async function sarif(root: string, ...words: readonly string[]): Promise<readonly [number, string]> {
  const { code, stdout, stderr } = await rhemaIn(root, ...words, '--format', 'sarif');
  expect(stdout, stderr).toContain('"2.1.0"');
  return [code, stdout];
}

/** A lock counts where it was held through the whole second of the commit. */
function commitLate(root: string): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  const env = { ...process.env, GIT_COMMITTER_DATE: `@${Math.floor(Date.now() / 1_000) + 2}` };
  execFileSync('git', [...who, 'commit', '--quiet', '--all', '--message', 'unasked'], { cwd: root, env });
}

const resultsIn = (text: string): readonly unknown[] =>
  (JSON.parse(text) as { runs: { results: unknown[] }[] }).runs.flatMap(({ results }) => results);

it('what safety validate and guard check find is SARIF by the schema of its makers, and so is nothing', async () => {
  const root = makeRepository({ 'rhema.yaml': rhemaYaml, 'api/a b%.ts': '1\n' });
  commitAll(root);
  const clean = await sarif(root, 'safety', 'validate');
  expect([clean[0], resultsIn(clean[1]), problemsOf(clean[1])]).toEqual([0, [], []]);
  await rhemaIn(root, 'agent', 'join', 'alice');
  await rhemaIn(
    root,
    'lock',
    'acquire',
    'api/a b%.ts',
    '--agent',
    'alice',
    '--reason',
    'two\nlines "quoted"',
  );
  write(root, { 'api/a b%.ts': '2\n' });
  commitLate(root);
  const refused = await sarif(root, 'guard', 'check', '--range', 'HEAD~1..');
  expect([refused[0], resultsIn(refused[1]).length, problemsOf(refused[1])]).toEqual([3, 1, []]);
  const none = await sarif(root, 'guard', 'check', '--range', 'HEAD..HEAD');
  expect([none[0], problemsOf(none[1])]).toEqual([0, []]);
  write(root, { 'api/rhema.yaml': 'name: api\n\tdependencies: x\n', 'api/.rhema/todos.yaml': 'todos: {' });
  const broken = await sarif(root, 'safety', 'validate');
  expect([broken[0], problemsOf(broken[1])]).toEqual([3, []]);
  expect(resultsIn(broken[1]).length).toBeGreaterThan(0);
});

it('that schema refuses what is not SARIF', () => {
  expect(problemsOf('{"version":"2.1.0"}')).not.toEqual([]);
  const uri = (text: string): string =>
    JSON.stringify({
      version: '2.1.0',
      $schema: text,
      runs: [{ tool: { driver: { name: 'rhema' } }, results: [] }],
    });
  expect(problemsOf(uri('https://example.org/a'))).toEqual([]);
  expect(problemsOf(uri('a b'))).not.toEqual([]);
});
