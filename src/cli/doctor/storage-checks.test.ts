import { describe, expect, it } from 'vitest';
import { asTimeMs } from '../../core/index.ts';
import type { Room } from '../../daemon/index.ts';
import type { HealthAnswer } from '../../protocol/index.ts';
import { session, startMs } from '../testing/harness.ts';
import { agentId, agentView, healthAnswer, statusAnswer } from '../testing/samples.ts';
import type { Facts } from './facts.ts';
import {
  about,
  around,
  content,
  factsOf,
  finding,
  known,
  room,
  state,
  status,
  unknown,
  witness,
  type Row,
} from './testing/samples.ts';

describe('what the log stands on', () => {
  const onFileSystem = (type: string): Facts =>
    factsOf({}, around({ fileSystem: { type, mountPoint: '/home' } }));
  const withState = (over: object): Facts => factsOf({}, { state: known({ ...state, ...over }) });
  const withRoom = (over: Partial<Room>): Facts => factsOf({}, { room: known({ ...room, ...over }) });
  const withOwner = (over: Partial<HealthAnswer>): Facts => factsOf({}, { owner: known(healthAnswer(over)) });
  const withEngine = (engine: string): Facts => factsOf({}, { log: known({ engine, content }) });
  const withContent = (over: object): Facts =>
    factsOf({}, { log: known({ engine: 'node:sqlite (SQLite 3.53.0)', content: { ...content, ...over } }) });

  it.each<Row>([
    [
      'a folder that cannot be written',
      'state folder',
      withState({ writable: false }),
      'problem',
      'cannot be written',
    ],
    [
      'evidence of a bug',
      'invariants',
      withState({ evidence: ['/repo/.git/rhema/evidence-7.json'] }),
      'problem',
      'evidence-7.json',
    ],
    ['a folder open to others', 'state folder', withState({ directoryMode: 0o755 }), 'warning', 'mode 755'],
    ['a full disk', 'disk', withRoom({ trouble: 'ENOSPC' }), 'problem', 'there is no room'],
    ['a quota that is used up', 'disk', withRoom({ trouble: 'EDQUOT' }), 'problem', 'there is no room'],
    [
      'no room for more files',
      'disk',
      withRoom({ trouble: 'ENOSPC', freeFiles: 0 }),
      'problem',
      'no room for another file',
    ],
    ['a disk that may only be read', 'disk', withRoom({ trouble: 'EROFS' }), 'problem', 'read-only'],
    ['a disk that fails', 'disk', withRoom({ trouble: 'EIO' }), 'problem', 'EIO'],
    ['a disk that is nearly full', 'disk', withRoom({ freeBytes: 2 ** 20 }), 'warning', '1 MiB'],
    ['few files left', 'disk', withRoom({ freeFiles: 12 }), 'warning', '12 more files'],
    ['room, and files without a bound', 'disk', withRoom({ freeFiles: null }), 'ok', '8192 MiB'],
    [
      'a witness that is a link',
      'witness',
      factsOf({}, { witness: unknown('/repo/.git/rhema.last is a symbolic link') }),
      'problem',
      'symbolic link',
    ],
    [
      'a witness that was removed',
      'witness',
      factsOf({}, { witness: known({ ...witness, found: 'missing' }) }),
      'ok',
      'the next command makes it',
    ],
    ['few open files', 'open files', factsOf({ openFilesMax: 64 }), 'warning', '64 files'],
    ['a network file system', 'file system', onFileSystem('nfs4'), 'problem', 'network'],
    ['one over ssh', 'file system', onFileSystem('fuse.sshfs'), 'problem', 'network'],
    ['one of Windows or of a virtual machine', 'file system', onFileSystem('9p'), 'problem', 'network'],
    ['one over SMB', 'file system', onFileSystem('cifs'), 'problem', 'network'],
    ['a folder of Docker Desktop', 'file system', onFileSystem('fakeowner'), 'warning', 'another machine'],
    ['a folder of the host machine', 'file system', onFileSystem('virtiofs'), 'warning', 'another machine'],
    ['memory', 'file system', onFileSystem('tmpfs'), 'warning', 'lost when the machine stops'],
    ['a local disk', 'file system', onFileSystem('btrfs'), 'ok', 'btrfs, mounted at /home'],
    [
      'an unknown file system',
      'file system',
      factsOf({}, around({ fileSystem: null })),
      'ok',
      'does not tell',
    ],
    [
      'a path that is too long',
      'socket',
      withState({ socket: { ok: false, problem: 'no short path' } }),
      'problem',
      'no short path',
    ],
    ['a stale socket', 'socket', factsOf({}, { owner: known(null) }), 'ok', 'left behind'],
    [
      'a socket of somebody else',
      'socket',
      factsOf({}, around({ atSocket: 'foreignSocket' })),
      'problem',
      'is a socket of another user: no coordinator can listen there',
    ],
    ['no owner', 'process', factsOf({}, { owner: known(null) }), 'ok', 'none runs'],
    [
      'an owner that does not answer',
      'process',
      factsOf({}, { owner: unknown('no answer') }),
      'problem',
      'no answer',
    ],
    ['an owner that gave up', 'process', withOwner({ ok: false }), 'problem', '99 has stopped writing'],
    ['an older owner', 'process', withOwner({ version: '1.0.0' }), 'warning', '1.0.0, this is 1.2.3'],
    ['a newer owner', 'process', withOwner({ version: '2.0.0' }), 'warning', '2.0.0, this is 1.2.3'],
    [
      'an unsound SQLite',
      'sqlite',
      withEngine('node:sqlite (SQLite 3.49.1)'),
      'warning',
      'before SQLite 3.51.3',
    ],
    ['a sound SQLite', 'sqlite', withEngine('@photostructure/sqlite (SQLite 3.51.3)'), 'ok', '3.51.3'],
    [
      'a log that cannot be opened',
      'log',
      factsOf({}, { log: unknown('not a database') }),
      'problem',
      'not a database',
    ],
    ['a damaged entry', 'log', withContent({ problems: ['entry 4 is damaged'] }), 'problem', 'entry 4'],
    ['a sound log', 'log', withContent({}), 'ok', 'revisions 1 to 7'],
    [
      'no log yet',
      'log',
      factsOf(
        {},
        {
          log: known({ engine: 'x (SQLite 3.53.0)', content: null }),
          witness: known({ ...witness, found: 'missing' } as const),
        },
      ),
      'ok',
      'not begun',
    ],
    [
      'a log that was there and is gone',
      'log',
      factsOf({}, { log: known({ engine: 'x (SQLite 3.53.0)', content: null }) }),
      'warning',
      'there was one, as /repo/.git/rhema.last says, and it is gone',
    ],
  ])('of %s says so', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject(finding(level, told));
  });

  it.each([
    ['that is there', 0o700, '/repo/.git/rhema cannot be written', 'chmod u+rwx /repo/.git/rhema;'],
    [
      'that is not there yet',
      null,
      '/repo/.git/rhema cannot be made: /repo/.git cannot be written',
      'chmod u+rwx /repo/.git;',
    ],
  ])('of a state folder %s says which folder has to be writable', (_what, directoryMode, message, remedy) => {
    expect(about('state folder', withState({ writable: false, directoryMode }))).toMatchObject([
      { message, remedy: expect.stringContaining(remedy) as string },
    ]);
  });

  it('tells for a day as a warning that the log began anew, and once where the former one is kept', () => {
    const told = (ageMs: number, former: string | null): string[] => {
      const begunAnew = { message: 'it began anew', atMs: asTimeMs(startMs - ageMs), former };
      const facts = withContent({ begunAnew, former: former === null ? [] : [former] });
      return about('log', facts).map(({ level, message }) => `${level} ${message.slice(0, 13)}`);
    };
    expect(told(60_000, null)).toEqual(['ok revisions 1 t', 'warning it began anew']);
    expect(told(25 * 60 * 60_000, null)).toEqual(['ok revisions 1 t', 'ok it began anew']);
    expect(told(60_000, '/kept.db')).toEqual(['ok revisions 1 t', 'warning another one w']);
  });

  it('of a log that cannot be begun in a folder that is read-only points to that', () => {
    const facts = factsOf(
      {},
      { state: known({ ...state, writable: false }), log: unknown('/repo/.git: EACCES') },
    );
    expect(about('log', facts)).toMatchObject([{ remedy: 'see the state folder, above' }]);
  });

  it.each([
    ['of a log that is there', {}, /writes it anew from this log; until then put no backup/],
    [
      'of a log that is gone',
      { log: known({ engine: 'node:sqlite (SQLite 3.53.0)', content: null }) },
      /let a new log begin, and put no backup of it there/,
    ],
    [
      'of a log that is damaged',
      { log: unknown('entry 4 is corrupt') },
      /let a new log begin, and put no backup of it there/,
    ],
  ])(
    'tells what follows when the file that keeps how far the log came is damaged: %s',
    (_what, over, remedy) => {
      const damaged = known({ ...witness, found: 'damaged' } as const);
      expect(about('witness', factsOf({}, { ...over, witness: damaged }))).toMatchObject([
        {
          level: 'warning',
          message: expect.stringMatching(
            /^\/repo\/.git\/rhema.last is damaged: .* milliseconds since 1970, and so do its tokens$/,
          ) as string,
          remedy: expect.stringMatching(remedy) as string,
        },
      ]);
    },
  );

  it('counts the damage beyond the first few findings', () => {
    const problems = Array.from({ length: 12 }, (_, index) => `entry ${index} is damaged`);
    expect(about('log', withContent({ problems })).at(-1)).toMatchObject({
      message: 'and 7 more',
      remedy: expect.stringContaining('coordination.db and coordination.db-wal') as string,
    });
  });
});

describe('clock and sessions', () => {
  const ahead = { ...content, lastAtMs: asTimeMs(startMs + 60_000) };

  it.each<Row>([
    [
      'a boot that is not told',
      'clock',
      factsOf({}, around({ bootIsKnown: false })),
      'warning',
      'does not tell its boot',
    ],
    [
      'a clock that was set back',
      'clock',
      factsOf({}, { log: known({ engine: 'x (SQLite 3.53.0)', content: ahead }) }),
      'warning',
      '1 min ahead of this clock',
    ],
    [
      'a machine that slept',
      'clock',
      factsOf({}, { coordination: known({ status, withdrawn: [], clockJumps: 2, machines: null }) }),
      'warning',
      '2 times in the last day',
    ],
    [
      'a session of an agent that was lost',
      'sessions',
      factsOf(
        {},
        {
          coordination: known({
            status: statusAnswer({ agents: [agentView({ presence: 'lost' })] }),
            withdrawn: [],
            clockJumps: 0,
            machines: null,
          }),
        },
      ),
      'warning',
      'alice was lost or has left',
    ],
    [
      'a session of an earlier life',
      'sessions',
      factsOf({}, { sessions: known([session('alice', 1)]) }),
      'warning',
      'alice was lost or has left',
    ],
    [
      'several sessions of no use',
      'sessions',
      factsOf({}, { sessions: known(['r1', 'r2', 'r3'].map((name) => session(name, 1))) }),
      'warning',
      'r1, r2, r3 were lost or have left; their sessions are of no use',
    ],
    [
      'more of them than anybody reads',
      'sessions',
      factsOf({}, { sessions: known(Array.from({ length: 25 }, (_, at) => session(`r${at}`, 1))) }),
      'warning',
      'r18, r19 and 5 more were lost',
    ],
    [
      'a session file that others can read',
      'sessions',
      factsOf({}, { sessions: unknown('eve.json') }),
      'problem',
      'eve',
    ],
    [
      'a server that has ended',
      'sessions',
      factsOf({}, around({ deserted: [{ agent: agentId('alice'), pid: 17 }] })),
      'warning',
      'nobody renews alice: its rhema mcp (process 17) has ended',
    ],
    ['nobody to ask', 'sessions', factsOf({}, { coordination: known(null) }), 'ok', '1 kept'],
  ])('of %s says so', (_what, subject, facts, level, told) => {
    expect(about(subject, facts)).toMatchObject(finding(level, told));
  });
});
