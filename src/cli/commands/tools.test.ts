import type { OwnerEnd } from '../../client/index.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { asDurationMs, defaultSettings } from '../../core/index.ts';
import { CoordinatorError, type ScopeProblem } from '../../protocol/index.ts';
import { displayWidth } from '../format/width.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { HarnessOptions } from '../testing/harness.ts';
import { Harness, until } from '../testing/harness.ts';
import { healthAnswer, yamlProblem as error } from '../testing/samples.ts';
import type { Inspection } from '../world/world.ts';

const nobody = new FakeCoordinator({});
const harnessOf = (over: Partial<HarnessOptions>): Harness => new Harness({ coordinator: nobody, ...over });

describe('daemon', () => {
  it('status starts none', async () => {
    const { code, body } = await harnessOf({}).json('daemon', 'status');
    expect([code, body]).toEqual([0, { ok: true, revision: null, running: false }]);
  });

  it('status tells how it is', async () => {
    const { stdout } = await harnessOf({ owner: { health: async () => healthAnswer() } }).run(
      'daemon',
      'status',
    );
    expect(stdout).toMatchInlineSnapshot(`
      "process 99, version 1.2.3, started 1 min ago, idle
      log: revision 7, kept from 1, node:sqlite (SQLite 3.53.0), /repo/.git/rhema/coordination.db
      socket: /repo/.git/rhema/coordinator.sock, 1 connected
      "
    `);
  });

  it.each<[OwnerEnd, string]>([
    [{ kind: 'left' }, 'the coordinator process has left\n'],
    [{ kind: 'none' }, 'no coordinator process ran\n'],
    [
      { kind: 'killed', pid: 99, why: 'it has said nothing for 5 s' },
      'the coordinator process did not leave and was killed (pid 99); nothing that was told is lost\nwhy: it has said nothing for 5 s\n',
    ],
  ])('stop tells how it ended: %j', async (end, text) => {
    const owner = { stop: async () => end };
    expect((await harnessOf({ owner }).run('daemon', 'stop')).stdout).toBe(text);
  });

  describe('restart', () => {
    const older = new CoordinatorError('VERSION_MISMATCH', 'process 7 is older', {
      details: { ownerPid: 7 },
    });
    const fresh = new FakeCoordinator({ answers: { health: () => healthAnswer() } });

    /** Beside a client that starts the older one again so often. */
    const restarted = async (starts: number) => {
      const done: string[] = [];
      let left = starts;
      const harness = harnessOf({
        owner: { stop: async () => (done.push('stop'), { kind: 'left' }) },
        coordinator: () => (done.push('start'), left-- > 0 ? older : fresh),
      });
      return { ended: await harness.run('daemon', 'restart'), done };
    };

    it('puts an owner of this version in the place of the one that runs', async () => {
      const { ended, done } = await restarted(0);
      expect(done).toEqual(['stop', 'start']);
      expect(ended).toEqual({
        code: 0,
        stdout: 'the coordinator process has left\nprocess 99, version 1.2.3, runs now\n',
        stderr: '',
      });
      expect(fresh.closed).toBe(true);
    });

    it('stops one that a client of another version has started meanwhile, and says so where it always does', async () => {
      expect(await restarted(4)).toMatchObject({ ended: { code: 0 }, done: { length: 10 } });
      expect(await restarted(5)).toMatchObject({
        ended: {
          code: 1,
          stderr: expect.stringContaining('stopped 5 times: a client of that version') as string,
        },
        done: { length: 10 },
      });
    });

    it('fails at once where it is not the version', async () => {
      const stopped: string[] = [];
      const harness = harnessOf({
        owner: { stop: async () => (stopped.push('stop'), { kind: 'none' }) },
        coordinator: new CoordinatorError('PERMISSION', 'not yours', {}),
      });
      expect(await harness.run('daemon', 'restart')).toMatchObject({ code: 1 });
      expect(stopped).toEqual(['stop']);
    });
  });

  it('run is the owner until it leaves', async () => {
    let ran = 0;
    const owner = { run: async () => void (ran += 1) };
    expect([(await harnessOf({ owner }).run('daemon', 'run')).code, ran]).toEqual([0, 1]);
  });
});

it('daemon status fits on the terminal', async () => {
  const owner = { health: async () => healthAnswer() };
  const { stdout } = await harnessOf({ owner, terminal: true, columns: 40 }).run('daemon', 'status');
  expect(stdout).toContain('process ');
  expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(40);
});

describe('daemon logs', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  async function logOf(text: string): Promise<{ readonly file: string; readonly harness: Harness }> {
    const folder = await mkdtemp(join(tmpdir(), 'rhema-cli-'));
    folders.push(folder);
    const file = join(folder, 'coordinator.log');
    if (text !== '') await writeFile(file, text);
    return { file, harness: harnessOf({ owner: { logFile: async () => file } }) };
  }

  it('shows the last lines, control characters escaped', async () => {
    const { harness } = await logOf('one\ntwo\u001b[2J\nthree\n');
    expect((await harness.run('daemon', 'logs', '--lines', '2')).stdout).toBe('two\\u001b[2J\nthree\n');
  });

  it('has nothing to show before there is a log', async () => {
    const { harness } = await logOf('');
    expect((await harness.json('daemon', 'logs')).body).toMatchObject({ ok: true, lines: [] });
    expect((await harness.run('daemon', 'logs')).stdout).toMatch(/^nothing was written to .* yet$/m);
  });

  it.each(['--follow', '-f'])(
    '%s goes on with whole lines that are added, and with a file begun anew',
    async (option) => {
      const { file, harness } = await logOf('a long first line\n');
      const ended = harness.run('daemon', 'logs', option);
      await until(() => harness.stdout !== '');
      await writeFile(file, 'a long first line\nsecond\nthi');
      await untilAdvanced(harness, () => harness.stdout.includes('second'));
      await writeFile(file, 'anew\n');
      await untilAdvanced(harness, () => harness.stdout.includes('anew'));
      harness.raise('SIGINT');
      expect((await ended).code).toBe(130);
      expect(harness.stdout).toBe('a long first line\nsecond\nanew\n');
    },
  );

  async function untilAdvanced(harness: Harness, holds: () => boolean): Promise<void> {
    while (!holds()) await harness.clock.advance(300);
  }
});

describe('config', () => {
  const configuration = (
    problems: readonly ScopeProblem[],
    unusedFile: string | null = null,
  ): Partial<Inspection> => ({
    configuration: async () => ({
      enabled: true,
      entries: [
        {
          key: 'agent_coordination.lock_timeout',
          value: 90_000 as never,
          text: '90s',
          origin: 'rhema.yaml:7',
          inForce: true,
          stillInForce: null,
        },
        {
          key: 'agent_coordination.sync_settings.auto_sync',
          value: true as never,
          text: 'true',
          origin: 'default',
          inForce: true,
          stillInForce: null,
        },
      ],
      problems,
      unusedFile,
    }),
  });

  it('show says where each value comes from', async () => {
    const { stdout } = await harnessOf({ inspection: configuration([]) }).run('config', 'show');
    expect(stdout).toMatch(/^lock_timeout +90s +rhema.yaml:7$/m);
    expect(stdout).toMatch(/^sync_settings.auto_sync +true +default$/m);
  });

  it('show says which value a coordinator that runs still has instead, to programs as well', async () => {
    const settings = { ...defaultSettings, lockTtlMs: asDurationMs(120_000) };
    const owner = { settings: async () => settings };
    const harness = harnessOf({ inspection: configuration([]), owner });
    expect((await harness.run('config', 'show')).stdout).toMatch(
      /^lock_timeout +90s \(still 2m in force\) +rhema.yaml:7$/m,
    );
    expect((await harness.json('config', 'show')).body).toMatchObject({
      entries: [{ text: '90s', inForce: false, stillInForce: '2m' }, { stillInForce: null }],
    });
  });

  it('show says that a coordinator cannot be asked, and shows what the file says', async () => {
    const owner = { settings: () => Promise.reject(new Error('process 7 stands still')) };
    const { code, stdout, stderr } = await harnessOf({ inspection: configuration([]), owner }).run(
      'config',
      'show',
    );
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining('90s'),
      expect.stringContaining('process 7'),
    ]);
  });

  it('show says beside its answer that the file could not be used', async () => {
    const inspection = configuration([error], 'rhema.yaml');
    const { code, stdout, stderr } = await harnessOf({ inspection }).run('config', 'show');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/lock_timeout +90s/)]);
    expect(stderr).toContain('rhema.yaml could not be used');
  });

  it.each([['show'], ['check'], ['explain'], ['explain', 'max_contended_hold']])(
    'fits on the terminal: %s',
    async (...words) => {
      const harness = harnessOf({ inspection: configuration([]), terminal: true, columns: 60 });
      const { stdout } = await harness.run('config', ...words);
      expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(60);
      expect(stdout).not.toMatch(/max_contended_$/m);
    },
  );

  it('explain knows every option, by its short name too, and the nearest to a wrong one', async () => {
    expect((await harnessOf({}).run('config', 'explain', 'lock_timeout')).stdout).toContain('default  1m');
    expect((await harnessOf({}).run('config', 'explain')).stdout).toContain('agent_coordination.idle_exit');
    const { code, stderr } = await harnessOf({}).run('config', 'explain', 'lock_timeot');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('did you mean agent_coordination.lock_timeout?'),
    ]);
  });

  it('check counts errors and warnings by themselves', async () => {
    const warning = { ...error, severity: 'warning' as const };
    const told = async (...problems: readonly ScopeProblem[]): Promise<string> =>
      (await harnessOf({ inspection: configuration(problems) }).run('config', 'check')).stderr;
    expect(await told(error, error, warning)).toContain('the configuration has 2 errors and 1 warning (');
    expect(await told(warning)).toContain('the configuration has 1 warning (');
  });

  it.each([
    [[], 0],
    [[error], 3],
  ])('check with %j ends with %i', async (problems, code) => {
    const inspection = configuration(problems as readonly ScopeProblem[]);
    expect((await harnessOf({ inspection }).run('config', 'check')).code).toBe(code);
  });
});
