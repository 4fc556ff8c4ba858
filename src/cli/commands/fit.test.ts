import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessPorts } from '../process/ports.ts';
import { processPorts } from '../process/process-ports.ts';
import { runCli } from '../program.ts';

/** Real repositories in one folder, each with a short history. */
let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-fit-')))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const rhema = (name: string, ...words: readonly string[]): Promise<Ended> => rhemaWith({}, name, ...words);

async function rhemaWith(
  over: Partial<ProcessPorts>,
  name: string,
  ...words: readonly string[]
): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const code = await runCli(words, {
    ...processPorts(),
    stdout: { isTTY: false, write: (text) => void (stdout += text) },
    stderr: { isTTY: false, write: (text) => void (stderr += text) },
    env: { PATH: process.env['PATH'] },
    cwd: at(name),
    ...over,
  });
  return { code, stdout, stderr };
}

const json = async (name: string, ...words: readonly string[]) =>
  JSON.parse((await rhema(name, ...words, '--json')).stdout) as Readonly<Record<string, unknown>>;

function git(name: string, ...args: readonly string[]): void {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder };
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'init.defaultBranch=main'];
  execFileSync('git', ['-C', at(name), ...who, ...args], { env, stdio: 'ignore' });
}

function write(name: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at(name), file)), { recursive: true });
    writeFileSync(join(at(name), file), text);
  }
}

function commit(name: string, day: number, files: readonly string[]): void {
  write(name, Object.fromEntries(files.map((file) => [file, `${day} ${file}`])));
  git(name, 'add', '--all');
  git(
    name,
    'commit',
    '--quiet',
    '--message',
    'x',
    '--date',
    `2026-01-${String(day).padStart(2, '0')}T12:00:00Z`,
  );
}

const configuration = `name: shop
agent_coordination: # ours
  max_concurrent_agents: 8
  max_locks_per_agent: 2 # enough
  scopes:
    api: {}
    web: {}
`;

/** Each of 24 changes touches the changelog; every third is of one file, the others of files of their own. */
function makeShop(name: string, text = configuration): void {
  mkdirSync(at(name));
  git(name, 'init', '--quiet');
  write(name, { 'rhema.yaml': text });
  commit(name, 1, ['README.md']);
  for (let index = 0; index < 24; index += 1)
    commit(name, index + 2, ['CHANGES.md', index % 3 === 0 ? 'api/main.ts' : `web/page${index}.ts`]);
}

describe('over the history of a repository', () => {
  beforeAll(() => makeShop('shop'));

  it('several agents are compared with one, and choices with each other', async () => {
    const { code, stdout } = await rhema('shop', 'fit');
    expect({ code, stdout }).toMatchSnapshot();
  });

  it('programs are told all of it', async () => {
    expect(await json('shop', 'fit', '--agents', '2', '--claim', 'scope')).toMatchObject({
      ok: true,
      of: 'commits',
      jobs: { count: 24, files: { p50: 2, p90: 2, p99: 2 }, scopes: { p50: 2 } },
      scopes: 3,
      claim: 'file',
      agents: 2,
      gains: [2, 3, 5, 8].map((agents) => ({ agents, gain: 1, deadlocksRefused: 0 })),
      hottest: [{ target: 'CHANGES.md', jobsShare: 1, waitedShare: 1 }],
      others: expect.arrayContaining([
        expect.objectContaining({ isAsked: true, changes: [{ key: 'claim', value: 'scope' }] }),
      ]) as unknown,
    });
  });

  it('only so many commits are replayed', async () => {
    const { stdout } = await rhema('shop', 'fit', '--commits', '7');
    expect(stdout).toContain('7 commits of people from 2026-01-19 to 2026-01-25, replayed over 3 scopes');
    expect(stdout).toContain('only 7 commits: with fewer than 20 these figures are chance');
  });

  it.each([
    ['--agents', '1'],
    ['--commits', '0'],
    ['--claim', 'folder'],
    ['--free', '../x'],
    ['--split', ''],
    ['--free', '['],
    ['--free', 'webb'],
    ['--split', '/docs/*'],
    ['--split', 'main.ts'],
    ['--locks', 'many'],
  ])('%s %s is invalid input', async (option, value) => {
    const { code, stderr } = await rhema('shop', 'fit', option, value);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(option) as string });
  });
});

describe('what is recommended', () => {
  const few = configuration.replace('agents: 8', 'agents: 1');
  beforeAll(() => {
    mkdirSync(at('written'));
    git('written', 'init', '--quiet');
    write('written', { 'rhema.yaml': few });
    for (let day = 1; day <= 22; day += 1) commit('written', day, [`api/f${day}`]);
  });

  it('is shown, and nothing is written', async () => {
    const { stdout } = await rhema('written', 'fit');
    expect(stdout).toMatch(
      /\nrecommended, .* 3\.0 times .*:\n {2}max_concurrent_agents: 3\nrhema fit --write writes it\n$/,
    );
    expect(read()).toBe(few);
  });

  it('is written where the configuration is, and nothing else is changed', async () => {
    expect(await json('written', 'fit', '--write')).toMatchObject({
      written: 'rhema.yaml',
      recommended: { lines: ['max_concurrent_agents: 3'] },
    });
    expect(read()).toBe(few.replace('agents: 1', 'agents: 3'));
  });

  it('is nothing when it has been written', async () => {
    const { stdout } = await rhema('written', 'fit', '--write');
    expect(stdout).toContain('none of the changes that were tried here would give more\n');
    expect(read()).toBe(few.replace('agents: 1', 'agents: 3'));
  });

  it('is nothing where what gives more does not count, and it is said why of each row', async () => {
    mkdirSync(at('pieces'));
    git('pieces', 'init', '--quiet');
    const scopes = 'scopes: { a: {}, b: {} }';
    write('pieces', { 'rhema.yaml': `name: x\nagent_coordination: { max_locks_per_agent: 4, ${scopes} }\n` });
    for (let day = 1; day <= 22; day += 1) commit('pieces', day, ['a/f', 'b/f', `a/x${day}`, `b/x${day}`]);
    const { stdout } = await rhema('pieces', 'fit');
    expect(stdout).not.toContain('none of the changes');
    expect(stdout).toMatch(/\nnothing is recommended, though these give more:\n/);
    expect(stdout).toMatch(/\n {2}max_locks_per_agent: 1: refused jobs are done in pieces/);
  });

  it('is written to a linked worktree without repeating what it says, and that it counts only once merged is told', async () => {
    makeShop('linked', few);
    git('linked', 'worktree', 'add', '--quiet', '../side');
    const text = few.replace('scopes:', 'free: [CHANGES.md]\n  scopes:');
    write('side', { 'rhema.yaml': text });
    const { stdout } = await rhema('side', 'fit', '--write');
    expect(stdout).toContain('\n  free:\n    - CHANGES.md\n');
    expect(stdout).toMatch(
      /\nwritten to rhema\.yaml: this is a linked worktree: .* counts once it is merged there\n$/,
    );
    expect(readFileSync(join(at('side'), 'rhema.yaml'), 'utf8')).toBe(text.replace('agents: 1', 'agents: 3'));
  });

  it('is not written where there is no configuration, and that is said', async () => {
    write('written', { 'rhema.yaml': 'name: x\n', 'api/rhema.yaml': 'name: api\n' });
    const { code, stderr } = await rhema('written', 'fit', '--agents', '8', '--write');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(NO_BLOCK)') as string,
    });
    expect(read()).toBe('name: x\n');
  });

  function read(): string {
    return readFileSync(join(at('written'), 'rhema.yaml'), 'utf8');
  }
});

describe('where there is nothing to replay it is said what is missing', () => {
  it('scopes', async () => {
    mkdirSync(at('bare-bones'));
    git('bare-bones', 'init', '--quiet');
    commit('bare-bones', 1, ['a']);
    commit('bare-bones', 2, ['a']);
    expect(await rhema('bare-bones', 'fit')).toMatchObject({
      code: 3,
      stderr: 'rhema: there are no scopes here: rhema init makes them (NO_SCOPES)\n',
    });
  });

  it('commits', async () => {
    mkdirSync(at('young'));
    git('young', 'init', '--quiet');
    write('young', { 'rhema.yaml': configuration });
    for (const day of [1, 2]) {
      expect(await rhema('young', 'fit')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/nothing to replay \(NO_HISTORY\)\n$/) as string,
      });
      if (day === 1) commit('young', day, ['a']);
    }
  });

  it('a repository', async () => {
    mkdirSync(at('none'));
    expect(await rhema('none', 'fit')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_A_REPOSITORY') as string,
    });
  });

  it('a log, and claims in it', async () => {
    expect(await rhema('shop', 'fit', '--from-log')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(NO_LOG)') as string,
    });
    await rhema('shop', '--direct', 'agent', 'join', 'alice');
    expect(await rhema('shop', 'fit', '--from-log')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no agent has locked anything here yet') as string,
    });
  });
});

describe('init ends with what three agents would have gained', () => {
  const init = (name: string, over: Partial<ProcessPorts> = {}) => rhemaWith(over, name, 'init', '--yes');

  it('over the commits that there are', async () => {
    makeShop('described', 'name: shop\n');
    const { stdout } = await init('described');
    expect(stdout).toMatch(
      /\nover the last 24 commits of people 3 agents with hooks would have done 3\.0 times the work of one, and 3\.0 times if each waits for its next job with all its files: rhema fit tells more\n$/,
    );
  });

  it.each([
    ['there are fewer than 20', 19, undefined, '19 commits of people so far'],
    ['there is one', 1, undefined, '1 commit of people so far'],
    ['it would take too long', 24, 10_000, 'replaying 24 commits of people takes longer than 5 s'],
  ])('but where %s, only names the command', async (_title, commits, stepMs, told) => {
    const name = `described-${commits}`;
    mkdirSync(at(name));
    git(name, 'init', '--quiet');
    for (let day = 1; day <= commits + 1; day += 1) commit(name, day, ['a/x']);
    const { stdout } = await init(name, stepMs === undefined ? {} : { clock: hurried(stepMs) });
    expect(stdout).toMatch(
      new RegExp(`\\n${told}: rhema fit tells what several agents would have gained\\n$`),
    );
  });

  /** Each look at it is so much later than the one before. */
  function hurried(stepMs: number): ProcessPorts['clock'] {
    const { clock } = processPorts();
    let nowMs = 0;
    return {
      wallMs: () => clock.wallMs(),
      monotonicMs: () => (nowMs += stepMs),
      schedule: (ms, callback) => clock.schedule(ms, callback),
      soon: (callback) => clock.soon(callback),
    };
  }
});

it('a shallow clone is told as one', async () => {
  mkdirSync(at('clones'));
  git('clones', 'clone', '--quiet', '--depth', '9', `file://${at('shop')}`, 'clone');
  const { code, stdout } = await rhema('clones/clone', 'fit');
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^8 commits .*\nthis is a shallow clone: .*\nonly 8 commits: /) as string,
  });
});

it('a bare repository is read at its HEAD', async () => {
  git('clones', 'clone', '--quiet', '--bare', at('shop'), 'bare.git');
  const { stdout } = await rhema('clones', '--git-dir', at('clones/bare.git'), 'fit');
  expect(stdout).toMatch(/^24 commits of people .* over 3 scopes\n/);
});

it('claims of a log are replayed as they were recorded', async () => {
  for (const file of ['api/a', 'api/b', 'api/a']) {
    await rhema('shop', '--direct', 'lock', 'acquire', file, '--agent', 'alice');
    await rhema('shop', '--direct', 'lock', 'release', '--agent', 'alice');
  }
  const answer = await json('shop', 'fit', '--from-log');
  expect(answer).toMatchObject({ of: 'claims', jobs: { count: 3, files: { p99: 1 } }, scopes: 3 });
});
