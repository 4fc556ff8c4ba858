import { beforeEach, expect, it } from 'vitest';
import { asRevision, defaultSettings, type Entry } from '../../src/core/index.ts';
import type { CallerCommand } from '../../src/protocol/index.ts';
import { openService, type Service } from '../../src/service/index.ts';
import { ManualClock, ManualTime } from '../../src/time/index.ts';
import { MemoryLogStore } from '../../src/store/memory/index.ts';
import { agentId, scopePath } from '../support/machine.ts';
import type { Recorded, RecordedSubmit } from './history.ts';
import { logPositionFaults } from './log-position.ts';

const secret = 'ab'.repeat(16);
const scope = scopePath('api');
let service: Service;
let store: MemoryLogStore;
let nowNs: number;
let history: Recorded[];

beforeEach(async () => {
  const clock = new ManualClock();
  store = new MemoryLogStore();
  service = await openService({
    store,
    clock,
    timers: new ManualTime(clock),
    host: { hostId: 'h', bootId: 'b' },
  });
  nowNs = 0;
  history = [];
  await service.submitInternal({ kind: 'Configure', by: 'test', settings: defaultSettings });
  const definition = { path: scope, name: 'api', type: 'service', dependencies: [] };
  await service.submitInternal({ kind: 'DefineScopes', by: 'test', scopes: [definition] });
});

async function entries(): Promise<Entry[]> {
  const page = await store.read(asRevision(1), 1_000);
  return page.kind === 'entries' ? [...page.entries] : [];
}

async function submit(requestId: string, command: CallerCommand): Promise<RecordedSubmit> {
  const call = { requestId, command };
  const calledAt = (nowNs += 1);
  const answer = await service.submit(call);
  const recorded = { kind: 'submit', call, calledAt, returnedAt: (nowNs += 1), answer } as const;
  history.push(recorded);
  return recorded;
}

/** Two agents take turns; the second is refused, waits, and is granted. */
async function takeTurns(): Promise<void> {
  const [alice, bob] = [agentId('alice'), agentId('bob')];
  const a = { agent: alice, epoch: await join('r1', alice), secret };
  const b = { agent: bob, epoch: await join('r2', bob), secret };
  const wish = { kind: 'AcquireLock', scopes: [scope], ttlMs: null, reason: null } as const;
  await submit('r3', { ...wish, ...a, wait: { kind: 'none' } });
  await submit('r4', { ...wish, ...b, wait: { kind: 'none' } });
  const queued = await submit('r5', { ...wish, ...b, wait: { kind: 'queue', forMs: null } });
  await submit('r6', { kind: 'ReleaseLock', ...a, scopes: null, token: null });
  await submit('r7', { kind: 'ReleaseLock', ...a, scopes: null, token: null });
  const ticket =
    queued.answer?.ok && queued.answer.result.kind === 'queued' ? queued.answer.result.ticket : 0;
  const call = { agent: bob, ticket: asRevision(ticket) };
  const answer = await service.awaitTicket(call);
  history.push({ kind: 'awaitTicket', call, calledAt: nowNs + 1, returnedAt: nowNs + 2, answer });
  const status = await service.query({ kind: 'status', at: null });
  history.push({ kind: 'status', call: null, calledAt: nowNs + 3, returnedAt: nowNs + 4, answer: status });
}

async function join(requestId: string, agent: ReturnType<typeof agentId>) {
  const { answer } = await submit(requestId, { kind: 'AgentJoin', agent, secret, metadata: {} });
  return answer?.ok && answer.result.kind === 'joined' ? answer.result.epoch : asRevision(0);
}

/** The history with one call's answer changed. */
function altered(
  requestId: string,
  alter: (recorded: RecordedSubmit) => Partial<RecordedSubmit>,
): Recorded[] {
  return history.map((recorded) =>
    recorded.kind === 'submit' && recorded.call.requestId === requestId
      ? { ...recorded, ...alter(recorded) }
      : recorded,
  );
}

it('finds nothing against what the service really did', async () => {
  await takeTurns();
  expect(logPositionFaults(await entries(), history)).toEqual([]);
});

it('accepts a repeat that gets the first answer, however late', async () => {
  await takeTurns();
  const first = history.find((recorded) => recorded.kind === 'submit' && recorded.call.requestId === 'r3');
  await submit('r3', (first as RecordedSubmit).call.command);
  expect(logPositionFaults(await entries(), history)).toEqual([]);
});

it('finds an acknowledged command that the log has lost', async () => {
  await takeTurns();
  const log = await entries();
  expect(logPositionFaults(log.slice(0, -1), history).join()).toContain("beyond the log's end");
});

it('finds a token that was never granted', async () => {
  await takeTurns();
  const forged = altered('r3', ({ answer }) => {
    const text = JSON.stringify(answer).replace(/"token":\d+/, '"token":99');
    return { answer: JSON.parse(text) as RecordedSubmit['answer'] };
  });
  expect(logPositionFaults(await entries(), forged).join()).toContain('is not what the log says');
});

it('finds a refusal that rests on a state others had moved on from', async () => {
  await takeTurns();
  const late = altered('r4', () => ({ calledAt: 1_000, returnedAt: 1_001 }));
  expect(logPositionFaults(await entries(), late).join()).toContain('which was told before the call');
});

it('finds a refusal that the state at its revision does not explain', async () => {
  await takeTurns();
  const moved = altered('r4', ({ answer }) => ({
    answer: answer === null ? null : { ...answer, revision: asRevision(answer.revision - 1) },
  }));
  expect(logPositionFaults(await entries(), moved).join()).toContain('is not what the log says');
});

it('finds a command that took effect otherwise than the core decides', async () => {
  await takeTurns();
  const log = await entries();
  const text = JSON.stringify(log[4]).replace('"reason":null', '"reason":"forged"');
  const changed = log.with(4, JSON.parse(text) as Entry);
  expect(changed).not.toEqual(log);
  expect(logPositionFaults(changed, history).join()).toContain('is not what the log says');
});
