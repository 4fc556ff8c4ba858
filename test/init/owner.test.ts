import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, type SocketCoordinator } from '../../src/client/index.ts';
import { write } from '../../src/repository/testing/fixture.ts';
import { TestRepository } from '../../src/daemon/testing/repository.ts';
import { runHere, type Run } from './run.ts';
import { graph, init, json, refresh } from './support.ts';

const version = '1.0.0';

let repository: TestRepository;
let coordinator: SocketCoordinator | null = null;

beforeEach(() => (repository = new TestRepository()));
afterEach(async () => {
  await coordinator?.stopOwner('now');
  await coordinator?.close();
  coordinator = null;
  repository.remove();
});

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])) });

it('a process that owns the log takes over the graph that init and refresh have shown', async () => {
  const { root, commonDir } = repository;
  write(root, {
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': manifest('a', 'b', 'c'),
    'b/package.json': manifest('b', 'c'),
    'c/package.json': manifest('c', 'a'),
  });
  const planned = graph(await init(root, { stage: 'strict' }));
  coordinator = await connect({ commonDir, version, startOwner: repository.owner() });
  expect(await ownerGraph(coordinator)).toEqual(planned);
  write(root, { 'd/package.json': manifest('d', 'a') });
  const refreshed = graph(await refresh(root));
  expect(await coordinator.refresh()).toMatchObject({ accepted: true, scopes: 5, problems: [] });
  expect(await ownerGraph(coordinator)).toEqual(refreshed);
});

describe('while a coordinator runs', () => {
  const scopes = async (): Promise<string[]> => {
    coordinator ??= await connect({
      commonDir: repository.commonDir,
      version,
      startOwner: repository.owner(),
    });
    return (await coordinator.query({ kind: 'scopes' })).scopes.map(({ path }) => path);
  };
  /** As when a command has ended: the owner is left alone, and has nothing to do. */
  const hangUp = async (): Promise<void> => {
    await coordinator?.close();
    coordinator = null;
  };
  const rhema = (...words: readonly string[]): Promise<Run> => runHere(repository.root, words);

  beforeEach(async () => {
    write(repository.root, {
      'package.json': json({ name: 'acme', workspaces: ['*'] }),
      'a/package.json': manifest('a'),
    });
    expect(await scopes()).toEqual([]);
    await hangUp();
  });

  it.each([['--yes'], ['--derive', '--yes']])(
    'init %s has it take the scopes over at once',
    async (...options) => {
      const { body } = await rhema('init', ...options, '--json');
      expect(body).toMatchObject({ written: true, coordinator: { accepted: true, scopes: 2, problems: [] } });
      expect(await scopes()).toEqual(['.', 'a']);
    },
  );

  it('scope refresh --yes has it take over what is new', async () => {
    await rhema('init', '--yes');
    write(repository.root, { 'd/package.json': manifest('d') });
    expect(await rhema('scope', 'refresh', '--yes')).toMatchObject({ code: 0 });
    expect(await scopes()).toEqual(['.', 'a', 'd']);
  });

  it('scopes that somebody wrote while nobody was connected are known to the next who asks', async () => {
    repository.addScope('by-hand');
    expect(await scopes()).toEqual(['by-hand']);
  });

  it('init needs none, and starts none', async () => {
    await (coordinator = await connect({
      commonDir: repository.commonDir,
      version,
      startOwner: null,
    })).stopOwner('now');
    await hangUp();
    expect((await rhema('init', '--yes', '--json')).body).toMatchObject({ written: true, coordinator: null });
    expect(await rhema('daemon', 'status', '--json')).toMatchObject({ body: { running: false } });
  });
});

async function ownerGraph(owner: SocketCoordinator): Promise<Record<string, readonly string[]>> {
  const { scopes, problems } = await owner.query({ kind: 'scopes' });
  expect(problems).toEqual([]);
  return Object.fromEntries(scopes.map(({ path, dependencies }) => [path, dependencies]));
}
