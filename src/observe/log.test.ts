import { afterEach, expect, it, vi } from 'vitest';
import { openLog, type Log, type LogOptions } from './log.ts';
import { openOwnerLog } from './owner-log.ts';
import { logLevelWishes } from './log-events.ts';

let written: string[] = [];
const open = (options: LogOptions = {}): Log =>
  openLog({ ...options, write: (line) => void written.push(line) });
const said = (): unknown[] => written.map((line) => JSON.parse(line) as unknown);

afterEach(() => {
  written = [];
  vi.unstubAllEnvs();
});

it('a line has the event, its message and its fields, and the revision where one is known', () => {
  let revision: number | null = null;
  const log = open({ revision: () => revision });
  log.note('owner.leaving', { reason: 'idle' });
  revision = 7;
  log.note('upkeep.failed', { cause: 'EIO' });
  expect(said()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/Z$/) as string,
      pid: process.pid,
      event: 'owner.leaving',
      reason: 'idle',
      msg: 'leaving',
    },
    {
      level: 'warn',
      time: expect.any(String) as string,
      pid: process.pid,
      revision: 7,
      event: 'upkeep.failed',
      cause: 'EIO',
      msg: 'the upkeep failed',
    },
  ]);
});

it.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
  ['silent', 0],
] as const)('at level %s %i of four lines are written', (level, lines) => {
  const tell = (log: Log): void => {
    log.note('request.answered', { status: 200 });
    log.note('owner.leaving', {});
    log.note('upkeep.failed', {});
    log.note('append.failed', {});
  };
  tell(open({ level }));
  vi.stubEnv('RHEMA_LOG_LEVEL', level);
  tell(open());
  expect(written).toHaveLength(2 * lines);
});

it('a level in the environment that there is not is told, and info is meant', () => {
  vi.stubEnv('RHEMA_LOG_LEVEL', 'verbose');
  open().note('owner.leaving', {});
  open({ level: 'error' }).note('owner.leaving', {});
  expect(said()).toMatchObject([
    { event: 'logLevel.unknown', asked: 'verbose', levels: logLevelWishes.join(' ') },
    { event: 'owner.leaving' },
  ]);
});

it('a level may be written in capitals', () => {
  vi.stubEnv('RHEMA_LOG_LEVEL', 'ERROR');
  open().note('owner.leaving', {});
  expect(written).toEqual([]);
});

it('the log of an owner can be opened also where the level is none', () => {
  vi.stubEnv('RHEMA_LOG_LEVEL', 'loud');
  expect(() => openOwnerLog(() => 0, { write: (line) => written.push(line) })).not.toThrow();
  expect(said()).toMatchObject([{ event: 'logLevel.unknown', asked: 'loud' }]);
});

it('whatever a value has in it, the line stays one line, and says nothing to a terminal', () => {
  const hostile =
    'a\nb\r\u0000\u001b[2J\u009b1m\u2028\u202e\u200b\ufeff"}\n{"level":"error","event":"forged"}';
  open().note('mcp.releaseFailed', { agent: hostile, cause: hostile });
  expect(written).toHaveLength(1);
  const [line = ''] = written;
  expect(line).toMatch(/^[\x20-\x7e]*\n$/);
  expect(said()).toMatchObject([{ event: 'mcp.releaseFailed', agent: hostile, cause: hostile }]);
});

it('what lets somebody in is left out wherever it is quoted', () => {
  const token = `rhema_${'a'.repeat(12)}_${'b'.repeat(72)}`;
  const error = new Error(`cannot read {"secret":"MARK"} of Bearer ${token}`);
  open().note('request.faulted', { requestId: 'one', cause: error.stack });
  expect(written.join('')).toContain('[redacted]');
  expect(written.join('')).not.toMatch(/MARK|bbbb/);
});
