import { basename, dirname } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Harness, repository } from '../testing/harness.ts';

/** Path and Git folder of each repository that was served. */
let served: readonly (readonly [path: string, commonDir: string])[];
let expiries: readonly (number | null)[];

beforeEach(() => {
  [served, expiries] = [[], [null]];
});

/** Each folder is a repository of its own; below `bare` they have no working tree. */
const harness = (env = {}): Harness =>
  new Harness({
    env,
    coordinator: new Error('a server is the coordinator: it looks for none'),
    locate: async (cwd, _env, isChosen) => ({
      ...repository,
      commonDir:
        basename(dirname(cwd)) === 'bare' ? cwd : `${cwd}/.git${isChosen ? '' : ' of the environment'}`,
      worktree: basename(dirname(cwd)) === 'bare' ? null : cwd,
    }),
    tokens: {
      list: async ({ commonDir }) => ({
        records: commonDir.startsWith('/repo/api')
          ? []
          : expiries.map((expiresAtMs) => ({ expiresAtMs }) as never),
        damaged: [],
      }),
    },
    owner: {
      serve: async (repositories, { prefix }, onReady) => {
        served = repositories.map((one) => [one.path, one.repository.commonDir]);
        onReady({ urls: repositories.map(({ path }) => `http://127.0.0.1:7421${prefix}${path}`), pid: 4711 });
      },
    },
  });

it('tells where each repository is, and who is let in there', async () => {
  expect(await harness().run('serve', 'shop', 'api', '--prefix', '/rhema')).toEqual({
    code: 0,
    stdout: `serving 2 repositories (process 4711); Ctrl-C ends it, and what is held stays held
http://127.0.0.1:7421/rhema/shop  /repo/shop
http://127.0.0.1:7421/rhema/api  /repo/api
`,
    stderr: `shop: 1 token lets somebody in: rhema -C /repo/shop token list
api: nobody has a token yet: rhema -C /repo/api token create NAME --role agent
`,
  });
});

it('tells programs the same in one line', async () => {
  const { stdout } = await harness().run('serve', 'web=shop', '/srv/api', '--json');
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    revision: null,
    pid: 4711,
    repositories: [
      { name: 'web', commonDir: '/repo/shop/.git', url: 'http://127.0.0.1:7421/web', tokens: 1 },
      { name: 'api', commonDir: '/srv/api/.git', url: 'http://127.0.0.1:7421/api', tokens: 1 },
    ],
  });
});

it.each<[words: readonly string[], at: readonly (readonly [string, string])[]]>([
  [['shop'], [['/shop', '/repo/shop/.git']]],
  [['../other'], [['/other', '/other/.git']]],
  // What is named wins over what the environment says.
  [['.'], [['/repo', '/repo/.git']]],
  [['a=b=c'], [['/a', '/repo/b=c/.git']]],
  [['./a=b/c'], [['/c', '/repo/a=b/c/.git']]],
  [['bare/shop.git'], [['/shop', '/repo/bare/shop.git']]],
  [
    ['x=shop', 'shop2'],
    [
      ['/x', '/repo/shop/.git'],
      ['/shop2', '/repo/shop2/.git'],
    ],
  ],
])('%j', async (words, at) => {
  expect((await harness({ GIT_DIR: '/elsewhere/.git' }).run('serve', ...words)).code).toBe(0);
  expect(served).toEqual(at);
});

it('counts the folders from -C', async () => {
  await harness().run('-C', 'sub', 'serve', 'shop');
  expect(served).toEqual([['/shop', '/repo/sub/shop/.git']]);
});

describe('refused', () => {
  it.each<[words: readonly string[], message: string]>([
    [['shop', 'x=shop'], '"x=shop": that repository is among them already, as shop'],
    [['shop', '/srv/shop'], '"/srv/shop": there is a shop already: give it another name, as in NAME=FOLDER'],
    [['mein laden'], '"mein laden": it would be served as "mein laden": give it a name of 1 to 64 letters'],
    [['=shop'], '"=shop": it would be served as "": give it a name of 1 to 64 letters'],
    [['..=shop'], '"..=shop": it would be served as "..": give it a name of 1 to 64 letters'],
    [[`${'a'.repeat(65)}=shop`], 'give it a name of 1 to 64 letters'],
    [['shop='], '"shop=": a folder, or NAME=FOLDER expected'],
    [[''], '"": a folder, or NAME=FOLDER expected'],
    ...['healthz', 'readyz'].map((name): [string[], string] => [
      [`${name}=shop`],
      `the server has /${name} for itself`,
    ]),
  ])('is %j', async (words, message) => {
    const { code, body } = await harness().json('serve', ...words);
    expect({ code, body }).toMatchObject({ code: 2, body: { code: 'INVALID_INPUT' } });
    expect(body['message']).toContain(message);
    expect(served).toEqual([]);
  });

  it('is a Git folder beside others, and another server', async () => {
    for (const option of [
      ['--git-dir', '/x/.git'],
      ['--server', 'https://build.example.org'],
    ]) {
      const { code, body } = await harness().json(...option, 'serve', 'shop');
      expect({ code, body }).toMatchObject({ code: 2, body: { code: 'USAGE' } });
    }
    expect(served).toEqual([]);
  });
});
