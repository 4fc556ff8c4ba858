import { describe, expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { defaultLimits } from './ports.ts';
import { joined, openStage, type Stage } from './testing.ts';

/** What a stream has said so far, read as it comes. */
class Reader {
  text = '';
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
  }

  async until(isThere: (text: string) => boolean): Promise<string> {
    while (!isThere(this.text) && !this.ended) {
      const { done, value } = await this.#reader.read();
      this.ended = done;
      if (value !== undefined) this.text += new TextDecoder().decode(value);
    }
    return this.text;
  }

  async end(): Promise<string> {
    return this.until(() => false);
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

const ids = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
const reading = async (stage: Stage, path = '', headers = {}, token = 'wall'): Promise<Reader> =>
  new Reader(await stage.call(`/api/v1/events${path}`, { headers, token }));
const beats = (text: string): number => text.split(': here\n\n').length - 1;

describe('events', () => {
  it('are every entry in order, those that are there and those to come', async () => {
    const stage = await openStage();
    await joined(stage, 'alice');
    const reader = await reading(stage);
    await reader.until((text) => ids(text).length === 3);
    await joined(stage, 'bob');
    const text = await reader.until((said) => ids(said).length === 4);
    expect(ids(text)).toEqual([1, 2, 3, 4]);
    const last =
      text
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^data: /, '') ?? '';
    expect(JSON.parse(last)).toMatchObject({ revision: 4, kind: 'AgentJoin', agent: 'bob' });
    await reader.leave();
  });

  it('begin where the reader says, or after what it saw last', async () => {
    const stage = await openStage();
    await joined(stage, 'alice');
    const first = async (reader: Reader): Promise<number | undefined> => {
      const text = await reader.until((said) => ids(said).length > 0);
      await reader.leave();
      return ids(text)[0];
    };
    expect(await first(await reading(stage, '?from=2'))).toBe(2);
    expect(await first(await reading(stage, '?from=1', { 'last-event-id': '2' }))).toBe(3);
    for (const wrong of ['x', '-1', '1.5'])
      expect((await stage.call('/api/v1/events', { headers: { 'last-event-id': wrong } })).status).toBe(400);
    expect((await stage.call('/api/v1/events?from=x')).status).toBe(400);
  });

  it('give a sign of life when nothing happens, and only then', async () => {
    const stage = await openStage();
    const reader = await reading(stage);
    await reader.until((text) => ids(text).length === 2);
    expect(beats(reader.text)).toBe(1);
    stage.time.advance(14_000);
    await joined(stage, 'alice');
    await reader.until((text) => ids(text).length === 3);
    stage.time.advance(14_000);
    await joined(stage, 'bob');
    expect(beats(await reader.until((text) => ids(text).length === 4))).toBe(1);
    stage.time.advance(15_000);
    expect(beats(await reader.until((text) => beats(text) === 2))).toBe(2);
    await reader.leave();
  });

  it('of what is not kept any more it is told why', async () => {
    const compacted = new CoordinatorError('COMPACTED', 'kept from 9 on', { details: { firstRevision: 9 } });
    const watch = async function* (): AsyncGenerator<never> {
      yield* [];
      throw compacted;
    };
    const stage = await openStage({ coordinator: { watch } as never });
    const text = await (await reading(stage)).end();
    expect(text).toContain('event: problem\n');
    expect(text).toContain('"code":"COMPACTED"');
    expect(stage.app.streams()).toBe(0);
  });

  it('end with the server, without a word of trouble', async () => {
    const stage = await openStage();
    const reader = await reading(stage);
    await reader.until((text) => ids(text).length === 2);
    stage.app.endStreams();
    expect(await reader.end()).not.toContain('problem');
    expect(stage.app.streams()).toBe(0);
  });

  it('end when the token lets nobody in any more, and say so', async () => {
    const stage = await openStage();
    const reader = await reading(stage);
    await reader.until((text) => ids(text).length === 2);
    stage.time.advance(defaultLimits.beatMs);
    stage.tokens.delete('wall');
    stage.time.advance(defaultLimits.beatMs);
    expect(await reader.end()).toContain('event: problem\ndata: {"type":"urn:rhema:failed:UNAUTHENTICATED"');
    expect(stage.app.streams()).toBe(0);
  });

  it('are no more than so many, of all and of one token; who leaves makes room', async () => {
    const stage = await openStage({ limits: { ...defaultLimits, streamsMax: 3, streamsPerTokenMax: 2 } });
    const open = (token: string): Promise<Response> => stage.call('/api/v1/events', { token });
    const [first, second] = [await open('wall'), await open('wall')];
    const third = await open('wall');
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(third.headers.get('retry-after')).toBe('5');
    expect([(await open('ci')).status, (await open('ops')).status]).toEqual([200, 429]);
    expect(stage.app.streams()).toBe(3);
    await first.body?.cancel();
    while (stage.app.streams() === 3) await new Promise(setImmediate);
    expect((await open('ops')).status).toBe(200);
    stage.app.endStreams();
  });

  it('who does not read what comes is hung up on, and the log is told whom and why', async () => {
    const cutOff: object[] = [];
    const stage = await openStage({ onCutOff: (reader) => void cutOff.push(reader) });
    let destroyed = false;
    const env = { outgoing: { destroy: () => void (destroyed = true) } };
    const headers = { host: 'localhost', authorization: 'Bearer wall' };
    await stage.app.fetch(new Request('http://localhost/api/v1/events', { headers }), env);
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    stage.time.advance(29_000);
    expect(destroyed).toBe(false);
    expect(cutOff).toEqual([]);
    stage.time.advance(1_000);
    expect(destroyed).toBe(true);
    expect(cutOff).toEqual([{ requestId: 'made-1', principal: 'wall', stuckMs: 30_000, sent: 1 }]);
  });
});
