import type {
  CommandRequest,
  Reply,
  StatusAnswer,
  TicketReply,
  TicketRequest,
} from '../../src/protocol/index.ts';
import type { LockAnswer, LockCall } from './lock-model.ts';
import type { Operation } from './wgl.ts';

/** What a process asked of the coordinator, and when, on the clock that all processes of one boot share. */
export type Recorded = RecordedSubmit | RecordedWait | RecordedStatus;

interface Timed {
  /** Nanoseconds of the monotonic clock. */
  readonly calledAt: number;
  /** Null: no answer was recorded, and what took effect is unknown. */
  readonly returnedAt: number | null;
}

export interface RecordedSubmit extends Timed {
  readonly kind: 'submit';
  readonly call: CommandRequest;
  readonly answer: Reply | null;
}

export interface RecordedWait extends Timed {
  readonly kind: 'awaitTicket';
  readonly call: TicketRequest;
  readonly answer: TicketReply | null;
}

export interface RecordedStatus extends Timed {
  readonly kind: 'status';
  readonly call: null;
  readonly answer: StatusAnswer | null;
}

/** One line of a history file: a call when it is made, and its answer when it is there. */
export type HistoryLine =
  | {
      readonly id: string;
      readonly at: number;
      readonly kind: Recorded['kind'];
      readonly call: Recorded['call'];
    }
  | { readonly id: string; readonly at: number; readonly answer: Recorded['answer'] };

/** Puts calls and answers together. A last line that its writer did not live to finish is left out. */
export function readHistory(text: string): Recorded[] {
  const operations = new Map<string, Recorded>();
  for (const line of text.split('\n').slice(0, -1)) {
    const { id, at, ...said } = JSON.parse(line) as HistoryLine;
    const known = operations.get(id);
    if ('call' in said)
      operations.set(id, { ...said, calledAt: at, returnedAt: null, answer: null } as Recorded);
    else if (known !== undefined) operations.set(id, { ...known, ...said, returnedAt: at } as Recorded);
  }
  return [...operations.values()];
}

/**
 * The acquires and releases of each scope as calls on a lock. An acquire that was queued returns when its ticket was
 * served. Expects single-scope calls and no wait that ended in vain.
 */
export function lockHistories(history: readonly Recorded[]): Map<string, Operation<LockCall, LockAnswer>[]> {
  const waits = new Map(history.filter(isWait).map((wait) => [wait.call.ticket, wait]));
  const histories = new Map<string, Operation<LockCall, LockAnswer>[]>();
  for (const submitted of history.filter(isSubmit)) {
    const { command } = submitted.call;
    if (command.kind !== 'AcquireLock' && command.kind !== 'ReleaseLock') continue;
    const [scope = ''] = command.scopes ?? [];
    const kind = command.kind === 'AcquireLock' ? 'acquire' : 'release';
    const end = endOf(submitted, waits);
    const operation = { calledAt: submitted.calledAt, call: { kind, agent: command.agent } as const, ...end };
    histories.set(scope, [...(histories.get(scope) ?? []), operation]);
  }
  return histories;
}

const isWait = (recorded: Recorded): recorded is RecordedWait => recorded.kind === 'awaitTicket';
const isSubmit = (recorded: Recorded): recorded is RecordedSubmit => recorded.kind === 'submit';

type End = Pick<Operation<LockCall, LockAnswer>, 'returnedAt' | 'answer'>;
const noEnd: End = { returnedAt: null, answer: null };

function endOf({ returnedAt, answer }: RecordedSubmit, waits: ReadonlyMap<number, RecordedWait>): End {
  if (answer === null) return noEnd;
  if (!answer.ok)
    return {
      returnedAt,
      answer: { kind: answer.rejection.code === 'LOCK_NOT_HELD' ? 'notHeld' : 'refused' },
    };
  const { result } = answer;
  if (result.kind === 'granted')
    return { returnedAt, answer: { kind: 'granted', token: result.locks[0]?.token ?? 0 } };
  if (result.kind === 'released')
    return { returnedAt, answer: { kind: result.scopes.length > 0 ? 'released' : 'notHeld' } };
  return result.kind === 'queued' ? endOfWait(waits.get(result.ticket)) : noEnd;
}

function endOfWait(wait: RecordedWait | undefined): End {
  if (wait?.answer?.kind !== 'granted') return noEnd;
  return {
    returnedAt: wait.returnedAt,
    answer: { kind: 'granted', token: wait.answer.locks[0]?.token ?? 0 },
  };
}
