import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { asRevision, type Entry, type Revision } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { ManualTime } from '../time/index.ts';
import { Courier, type CourierPorts, type Tried } from './courier.ts';
import { Dispatch } from './dispatch.ts';
import { headersOf, messageOf, newWebhookSecret, type Message } from './message.ts';
import { decodeState, type WebhookRecord } from './record.ts';
import type { Answer, Receiver } from './sending.ts';
import { afterTry, beginningAt, deliveriesMax, failingMaxMs, pauses, type WebhookState } from './state.ts';
import { WebhookFolder } from './webhook-folder.ts';

const took = { problem: null, tookMs: 5, waitMs: null, text: '' };
const fine: Answer = { ...took, status: 204 };
const broken: Answer = { ...took, status: 503 };
const refused: Answer = { ...took, status: null, problem: 'ECONNREFUSED' };

/** Of one agent each, so that an entry is known by its name. */
const joined = (revision: number, ...agents: readonly string[]): Entry =>
  ({
    revision,
    atMs: 1_700_000_000_000 + revision,
    kind: 'AgentJoin',
    agent: agents[0],
    by: null,
    requestId: null,
    events: agents.map((agent) => ({ kind: 'agent.joined', agent, session: 's', metadata: {} })),
    result: null,
  }) as unknown as Entry;

let entries: Entry[];
let firstKept: number;
let time: ManualTime;
let sent: { readonly receiver: Receiver; readonly message: Message }[];
let answers: Answer[];
let reports: Parameters<CourierPorts['report']>[];
let tried: Tried[];

beforeEach(() => {
  [entries, firstKept, sent, answers, reports, tried] = [[], 1, [], [], [], []];
  time = new ManualTime();
});

/** What has happened by now, then nothing until the signal. */
const log: CourierPorts['log'] = {
  source: 'a repository',
  watch: async function* watch(from, signal) {
    if (from < firstKept) throw new CoordinatorError('COMPACTED', 'gone');
    for (const entry of entries) if (entry.revision >= from) yield entry;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  },
  firstRevision: async () => asRevision(firstKept),
};

const ports = (): Omit<CourierPorts, 'keep' | 'pauseMs'> => ({
  log,
  time,
  send: async (receiver, message) => {
    sent.push({ receiver, message });
    return answers.shift() ?? fine;
  },
  onTried: (one) => tried.push(one),
  report: (...report) => void reports.push(report),
});

const secret = newWebhookSecret();
const record: WebhookRecord = {
  id: '0123456789ab',
  name: 'chat',
  url: 'https://example.org/hook?key=hidden',
  on: [],
  scope: null,
  secrets: [{ secret, untilMs: null }],
  createdAtMs: 0,
  turn: 0,
  from: asRevision(1),
};

interface Life {
  readonly states: WebhookState[];
  readonly end: () => Promise<void>;
}

function carry(from: WebhookState, about: WebhookRecord = record): Life {
  const states: WebhookState[] = [from];
  const stop = new AbortController();
  const courier = new Courier(about, from, {
    ...ports(),
    pauseMs: () => 1_000,
    keep: (state) => void states.push(decodeState(JSON.stringify(state)) ?? from),
  });
  const ended = courier.run(stop.signal);
  return {
    states,
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}

/** All that needs no clock has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const start = (revision = 1): WebhookState => beginningAt(0, asRevision(revision));
const agentsSent = (): unknown[] =>
  sent.map(({ message }) => (JSON.parse(message.body) as { data: { agent?: string } }).data.agent);
const last = ({ states }: Life): WebhookState => states.at(-1) as WebhookState;

describe('a courier', () => {
  it('tells each event once and in order, and goes on behind the last after it was ended', async () => {
    entries = [joined(1, 'ann'), joined(2, 'bob', 'cat'), joined(3, 'dan')];
    const first = carry(start());
    await settled();
    await first.end();
    expect(agentsSent()).toEqual(['ann', 'bob', 'cat', 'dan']);
    expect(tried).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
    entries.push(joined(4, 'eve'));
    const second = carry(last(first));
    await settled();
    await second.end();
    expect(agentsSent()).toEqual(['ann', 'bob', 'cat', 'dan', 'eve']);
  });

  it('tries one until it has arrived, under one id, before it goes on', async () => {
    entries = [joined(1, 'ann'), joined(2, 'bob')];
    answers = [broken, refused, fine];
    const life = carry(start());
    await settled();
    expect(agentsSent()).toEqual(['ann']);
    expect(last(life)).toMatchObject({
      failingSinceMs: time.wallMs(),
      nextTryAtMs: time.wallMs() + 1_000,
      deliveries: [{ tries: 1, delivered: false, status: 503 }],
    });
    for (const agents of [
      ['ann', 'ann'],
      ['ann', 'ann', 'ann', 'bob'],
    ]) {
      time.advance(999);
      await settled();
      expect(agentsSent()).toHaveLength(agents.length === 2 ? 1 : 2);
      time.advance(1);
      await settled();
      expect(agentsSent()).toEqual(agents);
    }
    await life.end();
    expect(new Set(sent.slice(0, 3).map(({ message }) => message.id)).size).toBe(1);
    expect(last(life).deliveries).toMatchObject([{ tries: 3, delivered: true }, { tries: 1 }]);
    expect(last(life).failingSinceMs).toBeNull();
  });

  it('that was killed after each thing it kept loses nothing, and repeats none that it knows to have arrived', async () => {
    entries = [joined(1, 'ann', 'bob'), joined(2, 'cat'), joined(3, 'dan')];
    const whole = carry(start());
    await settled();
    await whole.end();
    const ids = sent.map(({ message }) => message.id);
    for (const state of whole.states) {
      sent = [];
      const again = carry(state);
      await settled();
      await again.end();
      const arrived = state.deliveries.length;
      expect(sent.map(({ message }) => message.id)).toEqual(ids.slice(arrived));
    }
  });

  it('that is ended while it sends sends the same again', async () => {
    entries = [joined(1, 'ann')];
    const stop = new AbortController();
    const courier = new Courier(record, start(), {
      ...ports(),
      pauseMs: () => 1,
      keep: () => expect.unreachable('nothing is known'),
      send: async (_receiver, _message, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return refused;
      },
    });
    const ended = courier.run(stop.signal);
    await settled();
    stop.abort();
    await ended;
    expect(tried).toEqual([]);
  });

  it('says what compaction has dropped before it was told, and goes on behind', async () => {
    [firstKept, entries] = [40, [joined(40, 'zoe')]];
    const life = carry(start(7));
    await settled();
    await life.end();
    expect(sent.map(({ message }) => JSON.parse(message.body) as object)).toMatchObject([
      { type: 'log.compacted', revision: 40, data: { from: 7, to: 39 } },
      { type: 'agent.joined', revision: 40, data: { agent: 'zoe' } },
    ]);
  });

  it('is switched off by a receiver that is gone', async () => {
    entries = [joined(1, 'ann'), joined(2, 'bob')];
    answers = [{ ...took, status: 410 }];
    const life = carry(start());
    await settled();
    await life.end();
    expect(agentsSent()).toEqual(['ann']);
    expect(tried).toEqual(['switchedOff']);
    expect(last(life)).toMatchObject({ off: { why: 'gone' }, next: { revision: 1 } });
  });

  it('passes by what it is not to tell, and keeps how far it came from time to time', async () => {
    entries = Array.from({ length: 600 }, (_, index) => joined(index + 1, 'ann'));
    const life = carry(start(), { ...record, on: ['lock.expired'] });
    await settled();
    expect(sent).toEqual([]);
    expect(life.states.map(({ next }) => next.revision)).toEqual([1, 258, 515]);
    await life.end();
    expect(last(life).next.revision).toBe(601);
  });

  it('asks a log that fails again, and says so', async () => {
    const stop = new AbortController();
    let asked = 0;
    const courier = new Courier(record, start(), {
      ...ports(),
      pauseMs: () => 1,
      keep: () => undefined,
      log: {
        ...log,
        // eslint-disable-next-line require-yield
        watch: async function* fail() {
          asked += 1;
          throw new CoordinatorError('UNAVAILABLE', 'stopping');
        },
      },
    });
    const ended = courier.run(stop.signal);
    await settled();
    time.advance(4_999);
    await settled();
    expect(asked).toBe(1);
    time.advance(1);
    await settled();
    expect(asked).toBe(2);
    expect(reports[0]?.[0]).toBe('webhook.logNotRead');
    stop.abort();
    await ended;
  });

  it('reports the first failure once, and nothing of what it sends or where to', async () => {
    entries = [joined(1, 'ann')];
    answers = [broken, broken, broken];
    const life = carry(start());
    for (let step = 0; step < 3; step += 1) {
      await settled();
      time.advance(1_000);
    }
    await life.end();
    expect(reports).toEqual([['webhook.notDelivered', { webhook: 'chat', status: 503, problem: null }]]);
  });
});

describe('after a try', () => {
  const message: Message = { id: 'evt_1', type: 'agent.joined', revision: asRevision(1), body: '{}' };

  it('the pause is that of the tries, or what the receiver asks for, and never more than an hour', () => {
    const nextOf = (answer: Answer, pause: number): number | null =>
      afterTry(start(), message, answer, 1_000, () => pause).nextTryAtMs;
    expect(nextOf(broken, 20.5)).toBe(1_021);
    expect(nextOf({ ...broken, waitMs: 500 }, 20)).toBe(1_500);
    expect(nextOf({ ...broken, waitMs: 9e9 }, 20)).toBe(1_000 + pauses.longestMs);
    expect(nextOf({ ...broken, status: 302 }, 20)).toBe(1_020);
  });

  it('three days of failures alone switch it off; an arrival between them begins the count anew', () => {
    const pause = (): number => 1;
    let state = afterTry(start(), message, refused, 5, pause);
    state = afterTry(state, message, refused, 5 + failingMaxMs - 1, pause);
    expect(state.off).toBeNull();
    expect(afterTry(state, message, refused, 5 + failingMaxMs, pause).off).toEqual({
      atMs: 5 + failingMaxMs,
      why: 'failing',
    });
    const arrived = afterTry(state, message, fine, 5 + failingMaxMs, pause);
    expect(afterTry(arrived, { ...message, id: 'evt_2' }, refused, 9 + failingMaxMs, pause).off).toBeNull();
  });

  it('the latest are kept, and what is kept can be read again', () => {
    let state = start();
    for (let index = 0; index < deliveriesMax + 10; index += 1)
      state = afterTry(state, { ...message, id: `evt_${index}` }, fine, index, () => 1);
    expect(state.deliveries).toHaveLength(deliveriesMax);
    expect(state.deliveries.at(-1)?.id).toBe(`evt_${deliveriesMax + 9}`);
    const failed = afterTry(state, message, broken, 70, () => 10.25);
    expect(decodeState(JSON.stringify(failed))).toEqual(failed);
  });
});

describe('a message', () => {
  const telling = { type: 'agent.joined', revision: asRevision(3), atMs: 0, data: { agent: 'ünn' } } as const;
  const message = messageOf('here', [3, 0], telling);

  it('is signed as an independent library checks it, by each of the secrets', () => {
    const other = newWebhookSecret();
    const headers = headersOf(message, [other, secret], Date.now());
    for (const good of [secret, other])
      expect(new Webhook(good).verify(message.body, headers)).toMatchObject({ data: { agent: 'ünn' } });
    expect(() => new Webhook(newWebhookSecret()).verify(message.body, headers)).toThrow(
      'No matching signature',
    );
    expect(() => new Webhook(secret).verify(`${message.body} `, headers)).toThrow('No matching signature');
    const stale = headersOf(message, [secret], Date.now() - 600_000);
    expect(() => new Webhook(secret).verify(message.body, stale)).toThrow('too old');
  });

  it('has an id by its place in the log of one repository, the same after a restart', () => {
    expect(messageOf('here', [3, 0], telling)).toEqual(message);
    const ids = [
      message,
      messageOf('elsewhere', [3, 0], telling),
      messageOf('here', [3, 1], telling),
      messageOf('here', [4, 0], telling),
      messageOf('here', [3, 0], { ...telling, type: 'agent.left' }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(message.id).toMatch(/^evt_[0-9a-f]{32}$/);
  });
});

describe('a server reads the folder', () => {
  let location = '';
  let folder: WebhookFolder;
  const wish = { name: 'chat', url: record.url, on: [], scope: null, createdAtMs: 1, from: asRevision(4) };
  beforeEach(() => {
    location = join(folderOfTest('rhema-webhooks-'), 'webhooks');
    folder = new WebhookFolder(location);
  });

  const lookAgain = async (): Promise<void> => {
    time.advance(1_000);
    await settled();
    await settled();
  };

  it('begins with what was made, ends with what was deleted, and goes on with what is switched on again', async () => {
    entries = [joined(3, 'old'), joined(4, 'ann'), joined(5, 'bob')];
    const stop = new Dispatch({ ...ports(), folder }).start();
    await settled();
    answers = [{ ...took, status: 410 }];
    const made = folder.create(wish);
    await lookAgain();
    expect(agentsSent()).toEqual(['ann']);
    await lookAgain();
    expect(folder.stateOf(made.id)?.off?.why).toBe('gone');
    folder.replace({ ...made, turn: 1 });
    await lookAgain();
    expect(agentsSent()).toEqual(['ann', 'ann', 'bob']);
    folder.replace({ ...made, turn: 2, from: 6 as Revision });
    await lookAgain();
    expect(folder.stateOf(made.id)).toMatchObject({ turn: 2, next: { revision: 6 } });
    folder.remove(made.id);
    await lookAgain();
    expect(readdirSync(location)).toEqual([]);
    await stop();
    expect(time.size).toBe(0);
  });

  it('one that does not answer holds up no other', async () => {
    const [dead, alive] = [folder.create({ ...wish, url: 'https://dead.example' }), folder.create(wish)];
    entries = [joined(4, 'ann'), joined(5, 'bob')];
    const got: string[] = [];
    const stop = new Dispatch({
      ...ports(),
      folder,
      send: async ({ url }, _message, signal) => {
        if (url === dead.url)
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        else got.push(url);
        return fine;
      },
    }).start();
    await settled();
    await settled();
    expect(got).toEqual([alive.url, alive.url]);
    await stop();
  });
});
