import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprintOnly, findRepository, scanRepository } from '../index.ts';
import { commitAll, flat, graphOf, makeRepository, problemsOf, scan, write } from '../testing/fixture.ts';

describe('layouts', () => {
  test('a scope is defined in either folder under either name', async () => {
    const result = await scan(
      makeRepository({
        'a/.rhema/rhema.yaml': flat('a'),
        'b/.rhema/scope.yaml': flat('b'),
        'c/rhema.yaml': flat('c'),
        'd/scope.yaml': flat('d'),
        'rhema.yaml': flat('top'),
      }),
    );
    expect(Object.keys(graphOf(result))).toEqual(['.', 'a', 'b', 'c', 'd']);
    expect(result.places.get('a' as never)).toMatchObject({ file: 'a/.rhema/rhema.yaml' });
    expect(result).toMatchObject({ problems: [], sound: true });
  });

  test('of several files of one folder the first in the order of precedence counts, and the others are named', async () => {
    const result = await scan(
      makeRepository({ 'a/.rhema/scope.yaml': flat('chosen'), 'a/rhema.yaml': flat('passed-over') }),
    );
    expect(result.definitions).toMatchObject([{ path: 'a', name: 'chosen' }]);
    expect(problemsOf(result)).toEqual(['SHADOWED_FILE a/rhema.yaml']);
    expect(result.sound).toBe(true);
  });

  test("other tools' files called scope.yaml are left alone, also when they are not YAML", async () => {
    const files = { 'a/scope.yaml': 'kind: Scope\nmetadata: { name: x }\n', 'b/scope.yaml': '{{ helm }}: [' };
    expect(problemsOf(await scan(makeRepository(files)))).toEqual(['NO_SCOPES -']);
  });

  test('a scope.yaml that only lacks a name is ignored with a warning', async () => {
    const result = await scan(
      makeRepository({ 'a/scope.yaml': 'scope_type: service\n', 'rhema.yaml': flat('r') }),
    );
    expect(graphOf(result)).toEqual({ '.': [] });
    expect(problemsOf(result)).toEqual(['NAME_MISSING a/scope.yaml']);
  });

  test('a broken scope.yaml that has keys of ours is an error', async () => {
    const result = await scan(makeRepository({ 'a/scope.yaml': 'scope_type: service\nname: [\n' }));
    expect(problemsOf(result)[0]).toMatch(/^YAML_SYNTAX a\/scope.yaml/);
  });

  test('deeper inside a .rhema folder nothing is a scope', async () => {
    const result = await scan(
      makeRepository({ '.rhema/templates/rhema.yaml': flat('t'), 'rhema.yaml': flat('r') }),
    );
    expect(graphOf(result)).toEqual({ '.': [] });
    expect(problemsOf(result)).toEqual(['MISPLACED_FILE .rhema/templates/rhema.yaml']);
  });

  test.each(['node_modules/rhema', 'packages/a/node_modules/@x/y', 'env/lib/python3/site-packages/x'])(
    'what an installed package ships in %s is no scope, also where Git does not ignore it',
    async (folder) => {
      const files = { 'a/rhema.yaml': flat('a'), [`${folder}/docs/rhema.yaml`]: 'name: [' };
      const root = makeRepository(files);
      expect(await scan(root)).toMatchObject({ definitions: [{ path: 'a' }], problems: [] });
      commitAll(root);
      expect(await scan(root)).toMatchObject({ definitions: [{ path: 'a' }], problems: [] });
    },
  );

  test('no scope at all is worth a word', async () => {
    expect(await scan(makeRepository())).toMatchObject({ problems: [{ code: 'NO_SCOPES' }], sound: true });
  });
});

test('a variable that is ignored hides nothing of the configuration, also at a later scan', async () => {
  const root = makeRepository({ 'rhema.yaml': flat('top') });
  const repository = await findRepository({ cwd: root, env: {} });
  const env = { RHEMA_IDLE_EXIT: 'soon' };
  const first = await scanRepository(repository, { previous: null, env });
  write(root, { 'rhema.yaml': `${flat('top')}\nagent_coordination:\n  enabled: false\n  idle_exit: 60\n` });
  const later = await scanRepository(repository, { previous: first, env });
  expect(later.config.config).toMatchObject({ enabled: false, idleExitMs: 60_000 });
  expect([later.sound, problemsOf(later)]).toEqual([true, ['CONFIG_VARIABLE_IGNORED -']]);
});

describe('a file that was good and is now broken', () => {
  test('keeps its last good definition, and the scan says that it is not sound', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': flat('b') });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': 'name: [a\n' });
    const broken = await scan(root, good);
    expect(broken.definitions).toEqual(good.definitions);
    expect(broken.sound).toBe(false);
    expect(problemsOf(broken)).toContain('LAST_GOOD_KEPT a/rhema.yaml');
  });

  test('keeps it as well when a dependency can no longer be resolved', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': flat('b') });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': flat('a', '../b', '../c') });
    expect((await scan(root, good)).definitions).toEqual(good.definitions);
  });

  test('loses only the dependencies on scopes that have gone', async () => {
    const root = makeRepository({
      'a/rhema.yaml': flat('a', '../b', '../c'),
      'b/rhema.yaml': flat('b'),
      'c/rhema.yaml': flat('c'),
    });
    const good = await scan(root);
    write(root, { 'a/rhema.yaml': '\t: [' });
    rmSync(join(root, 'c'), { recursive: true });
    expect(graphOf(await scan(root, good))).toEqual({ a: ['b'], b: [] });
  });

  test('is meant all the same by a dependency on it, also where another scope could be', async () => {
    const files = { 'a/rhema.yaml': flat('a', 'b'), 'a/b/rhema.yaml': 'name: [', 'b/rhema.yaml': flat('b') };
    expect(problemsOf(await scan(makeRepository(files)))).toContain('AMBIGUOUS_DEPENDENCY a/rhema.yaml:4:11');
  });

  test('is left out when it never was good, and who depends on it is told why', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a', '../b'), 'b/rhema.yaml': 'name: [' });
    const result = await scan(root);
    expect(graphOf(result)).toEqual({ a: [] });
    expect(result.problems).toContainEqual(
      expect.objectContaining({
        code: 'BROKEN_DEPENDENCY',
        message: expect.stringContaining('repair that first'),
      }),
    );
    expect(problemsOf(result)).toEqual([
      'YAML_SYNTAX b/rhema.yaml:1:8',
      'BROKEN_DEPENDENCY a/rhema.yaml:4:11',
    ]);
  });

  test('keeps the configuration that was in force', async () => {
    const config = (timeout: string): string => `name: r\nagent_coordination:\n  lock_timeout: ${timeout}\n`;
    const root = makeRepository({ 'rhema.yaml': config('120') });
    const good = await scan(root);
    write(root, { 'rhema.yaml': config('-1') });
    const bad = await scan(root, good);
    expect(bad.config.config.lockTtlMs).toBe(120_000);
    expect(problemsOf(bad)).toEqual(['CONFIG_WRONG_TYPE rhema.yaml:3:17']);
    expect(bad.sound).toBe(false);
    write(root, { 'rhema.yaml': 'name: [' });
    expect((await scan(root, good)).config.config.lockTtlMs).toBe(120_000);
  });
});

describe('configuration', () => {
  test('is read from the root scope, also in the nested shape, and says where each value came from', async () => {
    const root = makeRepository({
      '.rhema/rhema.yaml': 'rhema:\n  scope: { name: r }\n  agent_coordination: { lock_timeout: 90s }\n',
    });
    const { config } = await scan(root);
    expect(config.config.lockTtlMs).toBe(90_000);
    expect(config.origins.lockTtlMs).toMatchObject({ kind: 'file', file: '.rhema/rhema.yaml', line: 3 });
  });

  test.each([
    ['is not YAML', 'name: r\nagent_coordination:\n  lock_timeout: 7m\n  x: [\n', 'YAML_SYNTAX'],
    ['has the block twice', 'name: r\nagent_coordination: {}\nagent_coordination: {}\n', 'DUPLICATE_KEY'],
  ])('of a file that %s is not known, and the reason is told', async (_what, text, code) => {
    const { configUnread } = await scan(makeRepository({ 'rhema.yaml': text }));
    expect(configUnread).toMatchObject([{ code, severity: 'error', file: 'rhema.yaml' }]);
    expect(configUnread[0]?.line).toBeGreaterThan(2);
  });

  test.each([
    ['', 'EMPTY_FILE'],
    ['# only a remark\n', 'EMPTY_FILE'],
    ['---\n', 'EMPTY_FILE'],
    ['~\n', 'EMPTY_FILE'],
    ['{}\n', 'EMPTY_FILE'],
    ['- name: r\n', 'NOT_A_MAP'],
    ['name\n', 'NOT_A_MAP'],
  ])('of a file that says nothing, as %j, is not known either', async (text, code) => {
    const { configUnread } = await scan(makeRepository({ 'rhema.yaml': text }));
    expect(configUnread).toMatchObject([{ code, severity: 'error', file: 'rhema.yaml' }]);
  });

  test('is known where the root scope has no file, or a file with other mistakes only', async () => {
    const inAnother = await scan(makeRepository({ 'a/rhema.yaml': 'name: [' }));
    const misnamed = await scan(makeRepository({ 'rhema.yaml': 'name: 7\n' }));
    expect([inAnother.configUnread, misnamed.configUnread]).toEqual([[], []]);
  });

  test('in another scope is not read, and a warning says so', async () => {
    const text = `${flat('a')}\nagent_coordination:\n  lock_timeout: 90\n`;
    const result = await scan(makeRepository({ 'a/rhema.yaml': text }));
    expect(result.config.config.lockTtlMs).toBe(60_000);
    expect(problemsOf(result)).toEqual(['MISPLACED_CONFIG a/rhema.yaml:4:1']);
  });

  test('nor are its options by themselves in another scope, and the warning names their place', async () => {
    const result = await scan(makeRepository({ 'a/rhema.yaml': `${flat('a')}\nstrict_mode: true\n` }));
    expect(result.problems.map(({ message }) => message)).toContain(
      "strict_mode is read from the root scope's file only: move it there, under agent_coordination.safety_validation",
    );
  });
});

describe('the fingerprint', () => {
  test('is that of the scan until a definition file is added, changed or removed', async () => {
    const root = makeRepository({ 'a/rhema.yaml': flat('a'), 'other.txt': '' });
    const repository = await findRepository({ cwd: root, env: {} });
    const { fingerprint } = await scan(root);
    write(root, { 'other.txt': 'changed' });
    expect(await fingerprintOnly(repository)).toBe(fingerprint);
    const seen = new Set([fingerprint]);
    for (const files of [{ 'a/rhema.yaml': flat('other') }, { 'b/scope.yaml': flat('b') }]) {
      write(root, files);
      seen.add(await fingerprintOnly(repository));
    }
    rmSync(join(root, 'b'), { recursive: true });
    seen.add(await fingerprintOnly(repository));
    expect(seen.size).toBe(3);
  });
});

describe('real data', () => {
  const gastown = resolve('../shared/data/gastown.scopes.json');

  test.skipIf(!existsSync(gastown))(
    'the 76 scopes and 322 dependencies of gastown are found (skipped without ../shared/data)',
    async () => {
      const data = JSON.parse(readFileSync(gastown, 'utf8')) as {
        scopes: { path: string; dependencies: string[] }[];
      };
      const files = data.scopes.map(({ path, dependencies }) => [
        `${path}/rhema.yaml`,
        flat(path, ...dependencies.map((one) => `/${one}`)),
      ]);
      const result = await scan(makeRepository(Object.fromEntries(files) as Record<string, string>));
      expect(result.problems).toEqual([]);
      expect(graphOf(result)).toEqual(
        Object.fromEntries(data.scopes.map(({ path, dependencies }) => [path, dependencies.toSorted()])),
      );
      expect(result.definitions).toHaveLength(76);
      expect(result.definitions.flatMap(({ dependencies }) => dependencies)).toHaveLength(322);
    },
  );

  test('the scopes of this project are sound', async () => {
    const result = await scan(resolve('.'));
    expect(result.problems).toEqual([]);
    expect(Object.keys(graphOf(result))).toContain('src/repository');
    expect(result.config.config.maxConcurrentAgents).toBe(8);
  });
});
