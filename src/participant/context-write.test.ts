import { beforeEach, describe, expect, it } from 'vitest';
import { auth, longLease, sha256, Stage } from '../../test/support/processes.ts';
import { scopePath } from '../service/testing.ts';
import type { AgentSession } from './session.ts';
import { writeContext, type ContextBefore, type ContextChange, type Written } from './context-write.ts';
import type { Grant } from '../core/index.ts';
import { Speaker } from './speaker.ts';

const notes = scopePath('auth/notes.yaml');
let stage: Stage;
let session: AgentSession;
let locks: readonly Grant[];
let seen: ContextBefore | null = null;

beforeEach(async () => {
  stage = await Stage.open();
  const participant = await stage.takePart('alice');
  const acquired = await participant.acquire(
    { scopes: [auth], wait: { kind: 'none' }, reason: null, ...longLease },
    { signal: new AbortController().signal },
  );
  if (acquired.kind !== 'granted') throw new Error(acquired.kind);
  ({ locks } = acquired.lock);
  session = stage.kept.get(participant.agent) as AgentSession;
});

const write = (text: string | null, overForeign = false, ports = stage.portsOf(1)): Promise<Written> => {
  const make: ContextChange['make'] = (before) => {
    seen = before;
    return text;
  };
  return writeContext({ ...ports, speaker: new Speaker(ports) }, session, locks, notes, {
    make,
    overForeign,
  });
};

describe('a context file is written', () => {
  it('and what it was, and is from then on, can be had again', async () => {
    expect(await write('one')).toEqual({ kind: 'written', digest: sha256('one') });
    expect(seen).toMatchObject({ text: null, recorded: null, isForeign: false });
    stage.files.set(notes, 'one');
    await write('two');
    expect(seen).toMatchObject({ text: 'one', recorded: sha256('one'), isForeign: false });
    expect(await seen?.kept(sha256('one'))).toBe('one');
    expect(await seen?.kept(sha256('two'))).toBe('two');
    expect(await seen?.kept(sha256('three'))).toBeNull();
  });

  it('unless there is nothing to write', async () => {
    expect(await write(null)).toEqual({ kind: 'unchanged' });
    expect(stage.files.size).toBe(0);
  });

  it.each([
    ['other content', 'foreign'],
    ['no file', null],
  ])('but not over %s that nobody told of, unless that is meant', async (_title, foreign) => {
    await write('one');
    if (foreign === null) stage.files.delete(notes);
    else stage.files.set(notes, foreign);
    expect(await write('two')).toMatchObject({
      kind: 'refused',
      reply: { rejection: { code: 'CONTEXT_CONFLICT' } },
    });
    expect(seen).toMatchObject({ text: foreign, recorded: sha256('one'), isForeign: true });
    expect(stage.files.get(notes) ?? null).toBe(foreign);
    expect(await write('two', true)).toMatchObject({ kind: 'written' });
    expect(stage.files.get(notes)).toBe('two');
    if (foreign !== null) expect(await seen?.kept(sha256(foreign))).toBe(foreign);
  });
});

describe('another call of the agent at the same time', () => {
  type Ports = ReturnType<Stage['portsOf']>;

  const withFiles = (more: (files: Ports['files']) => Partial<Ports['files']>): Ports => {
    const ports = stage.portsOf(1);
    return { ...ports, files: { ...ports.files, ...more(ports.files) } };
  };

  beforeEach(async () => {
    await write('one');
  });

  it('is no change behind its back when it writes after the asking and before the reading', async () => {
    let isFirst = true;
    const ports = withFiles((files) => ({
      read: async (path) => {
        if (isFirst) {
          isFirst = false;
          await write('theirs');
        }
        return files.read(path);
      },
    }));
    expect(await write('mine', false, ports)).toMatchObject({ kind: 'written' });
    expect(seen).toMatchObject({ text: 'theirs', recorded: sha256('theirs'), isForeign: false });
    expect(stage.files.get(notes)).toBe('mine');
  });

  it('is none when it had recorded its text before and puts it in place after the reading', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    let theirs: Promise<Written> | null = null;
    await new Promise<void>((isRecorded) => {
      const slow = withFiles((files) => ({
        finish: async (path, mark) => {
          isRecorded();
          await gate;
          await files.finish(path, mark);
        },
      }));
      theirs = write('theirs', false, slow);
    });
    const ports = withFiles((files) => ({
      read: async (path) => {
        const early = await files.read(path);
        open();
        await theirs;
        return early;
      },
    }));
    expect(await write('mine', false, ports)).toMatchObject({ kind: 'written' });
    expect(seen).toMatchObject({ text: 'theirs', recorded: sha256('theirs'), isForeign: false });
    expect(stage.files.get(notes)).toBe('mine');
  });
});
