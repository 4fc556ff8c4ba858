import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision, type AgentId, type Entry, type Epoch, type Ticket } from '../../core/index.ts';
import { openStage, secret, type Stage } from '../../http/testing.ts';
import type { CallerCommand, CoordinatorError } from '../../protocol/index.ts';
import { scopePath } from '../../service/testing.ts';
import { ManualTime } from '../../time/index.ts';
import { HttpCoordinator } from './http-coordinator.ts';

const server = 'http://localhost:7421';
let stage: Stage;
let client: HttpCoordinator;
/** What happens to the next requests; where nothing is said they arrive and are answered. */
let fates: ((signal: AbortSignal) => Response | Promise<Response>)[];
let requests: Request[];
let retried: string[];

beforeEach(async () => {
  stage = await openStage();
  fates = [];
  requests = [];
  retried = [];
  client = connected('ops');
});

afterEach(async () => {
  await client.close();
});

function connected(token: string): HttpCoordinator {
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), host: 'localhost:7421' };
    const request = new Request(url, { ...init, headers });
    requests.push(request.clone());
    const fate = fates.shift();
    return fate === undefined ? stage.app.fetch(request, {}) : fate(request.signal);
  };
  return new HttpCoordinator({
    server: `${server}/`,
    token,
    time: stage.time,
    backoffMs: () => 0,
    onRetry: ({ message }) => retried.push(message),
    fetch: send as typeof fetch,
  });
}

const refused = (): Promise<Response> =>
  Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
const broken = (): Promise<Response> =>
  Promise.reject(new TypeError('fetch failed', { cause: { code: 'UND_ERR_SOCKET' } }));
const never = (signal: AbortSignal): Promise<Response> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

/** Lets what is tried again be tried: pauses are of no length, and time stands still otherwise. */
async function ticking<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = (): void => void (over = true);
  work.then(end, end);
  while (!over) {
    await new Promise(setImmediate);
    stage.time.advance(0);
  }
  return work;
}

const submit = (command: CallerCommand, requestId = 'r1') => ticking(client.submit({ requestId, command }));
const join = (agent: string): CallerCommand => ({
  kind: 'AgentJoin',
  agent: agent as AgentId,
  secret,
  metadata: {},
});

async function joined(agent: string): Promise<{ agent: AgentId; epoch: Epoch; secret: string }> {
  const reply = await submit(join(agent), `join ${agent}`);
  if (!reply.ok || reply.result.kind !== 'joined') throw new Error('not joined');
  return { agent: agent as AgentId, epoch: reply.result.epoch, secret };
}

const acquire = (who: { agent: AgentId; epoch: Epoch; secret: string }, waits = false): CallerCommand =>
  ({
    kind: 'AcquireLock',
    ...who,
    scopes: [scopePath('src/core')],
    ttlMs: null,
    wait: waits ? { kind: 'queue', forMs: null } : { kind: 'none' },
    reason: null,
  }) as CallerCommand;

describe('commands', () => {
  it('are answered as by the coordinator itself, refusals included', async () => {
    const [alice, bob] = [await joined('alice'), await joined('bob')];
    const [got, held] = [await submit(acquire(alice), 'a'), await submit(acquire(bob), 'b')];
    const here = await stage.service.submit({ requestId: 'c', command: acquire(bob) });
    expect(got).toMatchObject({ ok: true, result: { kind: 'granted' } });
    expect(held).toEqual(here);
  });

  it('are tried again under the same id while nobody is there, and done once', async () => {
    const lost = async (): Promise<Response> => {
      await stage.app.fetch(requests.at(-1)?.clone() as Request, {});
      return broken();
    };
    fates = [refused, lost, () => new Response('gone', { status: 502 })];
    expect(await submit(join('alice'))).toMatchObject({
      ok: true,
      result: { kind: 'joined', agent: 'alice' },
    });
    expect(requests.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['r1', 'r1', 'r1', 'r1']);
    expect((await stage.service.query({ kind: 'status', at: null })).agents).toHaveLength(1);
  });

  it('a failure says that nothing was done only where nothing can have been heard', async () => {
    const failing = (fate: () => Promise<Response>): Promise<CoordinatorError> => {
      fates = [fate, () => new Response('no', { status: 404 })];
      return submit(join('alice')).then(
        () => expect.unreachable(),
        (error: CoordinatorError) => error,
      );
    };
    expect((await failing(refused)).details).not.toMatchObject({ outcome: 'unknown' });
    expect((await failing(broken)).details).toMatchObject({ outcome: 'unknown' });
  });

  it('who is not let in, or asks too much, is told so at once', async () => {
    const observer = connected('wall');
    await expect(observer.submit({ requestId: 'r', command: join('alice') })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      retryable: false,
    });
    await expect(connected('nobody').query({ kind: 'health' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(requests).toHaveLength(2);
  });

  it('a token that no header can have is refused before it is sent, and not repeated', () => {
    const make = (): HttpCoordinator => new HttpCoordinator({ server, token: 'secret\nline' });
    expect(make).toThrow('that is no token: it is one line of printable characters');
    expect(make).not.toThrow('secret');
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'for another name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'begins with http://'],
  ])('what does not mend itself, as %s, is told at once with its remedy', async (code, remedy) => {
    fates = [() => Promise.reject(new TypeError('fetch failed', { cause: { code } }))];
    await expect(client.query({ kind: 'health' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(remedy),
      details: { cause: code, sent: false },
    });
    expect(requests).toHaveLength(1);
  });

  it('a server that wants to be left alone for a while is, and each further try is told of', async () => {
    fates = [
      () =>
        Response.json(
          {
            type: 'urn:rhema:failed:RATE_LIMITED',
            code: 'RATE_LIMITED',
            detail: 'ask again in 5 s',
            retryable: true,
            details: { retryAfterSeconds: 5 },
          },
          { status: 429 },
        ),
    ];
    const asked = client.query({ kind: 'health' });
    await new Promise(setImmediate);
    await ticking(Promise.resolve());
    stage.time.advance(4_900);
    await ticking(Promise.resolve());
    expect([requests.length, retried]).toEqual([1, ['ask again in 5 s']]);
    stage.time.advance(100);
    expect(await asked).toHaveProperty('revision');
    expect(requests).toHaveLength(2);
  });

  it('what answers and is no coordinator is called that', async () => {
    fates = [() => new Response('<html>', { status: 200 })];
    await expect(client.query({ kind: 'health' })).rejects.toThrow(`at ${server} (HTTP 200) is not a Rhema`);
    fates = [() => Response.json({ error: 'no such page' }, { status: 404 })];
    await expect(client.query({ kind: 'health' })).rejects.toThrow('(HTTP 404) is not a Rhema server');
  });

  it.each([
    ['a question', () => client.query({ kind: 'status', at: null })],
    ['a command', () => client.submit({ requestId: 'r', command: join('alice') })],
    ['a wait', () => client.awaitTicket({ agent: 'bob' as AgentId, ticket: 5 as Ticket })],
    ['a refresh', () => client.refresh()],
    ['who is asking', () => client.whoAmI()],
    [
      'the log',
      () => client.watch(asRevision(1), new AbortController().signal)[Symbol.asyncIterator]().next(),
    ],
  ])(
    'what answers %s in JSON, but as no Rhema server does, is called that, with its address',
    async (_, ask) => {
      for (const body of [{ ok: true }, [], 'fine', { revision: 7 }]) {
        fates = [() => Response.json(body)];
        await expect(ask()).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          retryable: false,
          message: expect.stringContaining(`what answers at ${server} (HTTP 200) is not a Rhema server`),
        });
      }
    },
  );

  it.each([
    ['https://rhema.example/shop/api/v1/queries/health', 'https://rhema.example/shop'],
    ['/shop/api/v1/queries/health', 'http://localhost:7421/shop'],
    ['https://login.example/?next=x', 'https://login.example'],
  ])('a server that sends on to %s is not followed, and that is told at once', async (location, there) => {
    fates = [() => new Response(null, { status: 308, headers: { location } })];
    await expect(client.query({ kind: 'health' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: false,
      message: expect.stringContaining(`sends its callers on to ${there} (HTTP 308)`),
      details: { location: there },
    });
    expect([requests.length, retried]).toEqual([1, []]);
  });

  it.each([null, 'javascript:alert(1)', '/api/v1/queries/health'])(
    'where a server sends on to %s, no other address is named',
    async (location) => {
      fates = [() => new Response(null, { status: 302, headers: location === null ? {} : { location } })];
      await expect(client.query({ kind: 'health' })).rejects.toThrow(
        `${server} sends its callers elsewhere (HTTP 302)`,
      );
    },
  );

  it('a server that does not answer is given up', async () => {
    fates = [never];
    const failed = expect(client.query({ kind: 'health' })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    stage.time.advance(30_000);
    await failed;
  });

  it('nothing is asked any more once it is closed', async () => {
    fates = [never];
    const failed = expect(client.query({ kind: 'health' })).rejects.toMatchObject({ code: 'CLOSED' });
    await client.close();
    await failed;
    await expect(client.query({ kind: 'health' })).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

/** After how many seconds a call fails of a server where nothing listens; or, if it was heard, listens any more. */
async function failsAfter(
  ask: (gone: HttpCoordinator) => Promise<unknown>,
  { heard = false, ...options }: { readonly heard?: boolean; readonly reachPatienceMs?: number } = {},
): Promise<number> {
  const time = new ManualTime();
  let isThere = heard;
  const send = (): Promise<Response> =>
    isThere ? Promise.resolve(Response.json({ revision: 1, ok: true })) : refused();
  const backoffMs = (): number => 1_000;
  const gone = new HttpCoordinator({ server, token: 't', time, backoffMs, fetch: send, ...options });
  if (heard) await gone.query({ kind: 'health' });
  isThere = false;
  let failed: CoordinatorError | null = null;
  ask(gone).catch((error: CoordinatorError) => (failed = error));
  for (; failed === null; time.advance(1_000)) await new Promise(setImmediate);
  expect(failed).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
  return (time.monotonicMs() - 1_000) / 1_000;
}

describe('a server where nothing listens', () => {
  const look = (gone: HttpCoordinator) => gone.query({ kind: 'health' });
  const act = (gone: HttpCoordinator) => gone.submit({ requestId: 'r', command: join('alice') });

  it('is told of soon to whoever looks; whoever acts, or is in the midst of it, waits until it is back', async () => {
    expect(await failsAfter(look)).toBe(5);
    expect(await failsAfter((gone) => gone.whoAmI())).toBe(5);
    expect(await failsAfter(act)).toBe(30);
    expect(await failsAfter(look, { heard: true })).toBe(30);
  });

  it('is tried for as long as whoever asks can wait, whatever is asked', async () => {
    const hurried = { reachPatienceMs: 3_000 };
    expect(await failsAfter(look, hurried)).toBe(3);
    expect(await failsAfter(act, hurried)).toBe(3);
    expect(await failsAfter(look, { ...hurried, heard: true })).toBe(3);
  });

  it('is no reason to give up a question that it has come to hear, and is slow to answer', async () => {
    fates = [refused, (signal) => never(signal)];
    const asked = client.query({ kind: 'health' });
    let failed: CoordinatorError | null = null;
    asked.catch((error: CoordinatorError) => (failed = error));
    for (let s = 0; s < 29; s += 1) {
      await new Promise(setImmediate);
      stage.time.advance(1_000);
      await new Promise(setImmediate);
      expect([s, failed]).toEqual([s, null]);
    }
    stage.time.advance(2_000);
    await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('waits', () => {
  it('outlast what the server lets one question take, and a server that is gone for a while', async () => {
    const [alice, bob] = [await joined('alice'), await joined('bob')];
    await submit(acquire(alice), 'a');
    const queued = await submit(acquire(bob, true), 'b');
    const ticket = queued.revision as number as Ticket;
    fates = [() => new Response(null, { status: 204 }), refused];
    const waiting = client.awaitTicket({ agent: bob.agent, ticket });
    const given = submit({ kind: 'ReleaseLock', ...alice, scopes: null, token: null }, 'd');
    expect(await ticking(waiting)).toMatchObject({ kind: 'granted', locks: [{ scope: 'src/core' }] });
    await given;
  });

  it('outlast a server that is gone for minutes, which a question does not', async () => {
    const waiting = { agent: 'bob' as AgentId, ticket: 5 as Ticket };
    expect(await failsAfter((gone) => gone.query({ kind: 'health' }))).toBe(5);
    expect(await failsAfter((gone) => gone.awaitTicket(waiting))).toBe(300);
  });

  it('end when their caller gives up', async () => {
    fates = [never];
    const [leaving, reason] = [new AbortController(), new Error('enough')];
    const failed = expect(
      client.awaitTicket({ agent: 'bob' as AgentId, ticket: 5 as Ticket }, leaving.signal),
    ).rejects.toBe(reason);
    leaving.abort(reason);
    await failed;
  });
});

describe('the log', () => {
  async function firstOf(count: number, from = 1): Promise<Entry[]> {
    const [entries, leaving] = [[] as Entry[], new AbortController()];
    const reading = (async () => {
      for await (const entry of client.watch(asRevision(from), leaving.signal))
        if (entries.push(entry) === count) leaving.abort();
    })();
    await ticking(reading);
    return entries;
  }

  it('is read entry by entry, from where one is', async () => {
    await joined('alice');
    const all = await firstOf(3);
    expect(all.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(await firstOf(1, 3)).toEqual([all[2]]);
  });

  it('goes on after a loss, each entry once, and takes no gap for the whole', async () => {
    await joined('alice');
    const stream = (text: string) => () =>
      new Response(text, { headers: { 'content-type': 'text/event-stream' } });
    const entry = (revision: number): string =>
      `id: ${revision}\nevent: entry\ndata: {"revision":${revision}}\n\n`;
    fates = [
      refused,
      stream(`: here\n\n${entry(1)}`),
      stream(`${entry(1)}${entry(3)}`),
      stream('event: entry\ndata: {"revi'),
    ];
    expect((await firstOf(3)).map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(requests.filter(({ url }) => url.includes('/events')).map(({ url }) => url.split('=')[1])).toEqual(
      ['1', '1', '2', '2', '2'],
    );
  });

  it('goes on after a stream that breaks in its midst', async () => {
    await joined('alice');
    const breaking = new ReadableStream({
      start: (controller) => controller.error(new TypeError('terminated')),
    });
    fates = [() => new Response(breaking)];
    expect((await firstOf(3)).map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  it('ends with its reader, also where what brings the stream hears of no abort, and leaves the stream', async () => {
    let isLeft = false;
    const endless = new ReadableStream({ cancel: () => void (isLeft = true) });
    fates = [() => new Response(endless, { headers: { 'content-type': 'text/event-stream' } })];
    const leaving = new AbortController();
    const next = client.watch(asRevision(1), leaving.signal)[Symbol.asyncIterator]().next();
    while (requests.length === 0) await new Promise(setImmediate);
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    leaving.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(isLeft).toBe(true);
  });

  it('what is not kept any more is told, not tried again', async () => {
    const compacted =
      'event: problem\ndata: {"code":"COMPACTED","detail":"kept from 9","retryable":false,"details":{}}\n\n';
    fates = [() => new Response(compacted)];
    await expect(ticking(firstOf(1))).rejects.toMatchObject({ code: 'COMPACTED', message: 'kept from 9' });
  });
});
