/** Answers to what can be asked, each as of a revision that includes all that was acknowledged before the question. */
import { createHash } from 'node:crypto';
import { encodeState, invariantNames, violations, type State, type TimeMs } from '../core/index.ts';
import { happenedMax } from '../protocol/index.ts';
import type {
  Answer,
  Answers,
  HealthAnswer,
  Moment,
  Query,
  QueryKind,
  ScopeProblem,
} from '../protocol/index.ts';
import type { LogStore } from '../store/index.ts';
import { toFailure, type Report } from './failures.ts';
import { beginningProblems, beginningText, type Beginning } from './beginning.ts';
import { readHappened, readHistory } from './history.ts';
import type { Look } from './look.ts';
import { stateAt } from './moments.ts';
import { readFormerHolders } from './former-holders.ts';
import { readNotices } from './notices.ts';
import { Turns, type TurnLimits } from './turns.ts';
import { viewImpact } from './impact.ts';
import { viewMayWrite } from './may-write.ts';
import { viewScopesOf } from './scopes-of.ts';
import { viewScopes, viewStatus, viewToken } from './views.ts';
import { viewWhy } from './why.ts';

export interface QueryPorts {
  readonly store: LogStore;
  readonly look: Look;
  readonly report: Report;
  readonly health: () => HealthAnswer;
  /** Where the log began anew; null when it did not. */
  readonly beginning: () => Beginning | null;
}

/** From which deadlines count; a past moment has none. */
interface Now {
  readonly nowMs?: TimeMs;
}

type Handlers = {
  readonly [Kind in QueryKind]: (query: Extract<Query, { kind: Kind }>) => Promise<Answers[Kind]>;
};

/** What is past takes long to read, and whoever renews a lease must not wait for all who ask for it. */
const replayLimits: TurnLimits = { atOnce: 1, waitingMax: 256 };
const historyLimits: TurnLimits = { atOnce: 4, waitingMax: 1_024 };

export class QueryDesk {
  readonly #ports: QueryPorts;
  readonly #replays = new Turns(replayLimits);
  readonly #histories = new Turns(historyLimits);
  #scopeProblems: readonly ScopeProblem[] = [];

  /** One handler per query; a forgotten one does not compile. */
  readonly #handlers: Handlers = {
    status: ({ at }) =>
      this.#viewAt(at, (state) => viewStatus(state, at === null ? this.#problemsAt(state.timeMs) : [])),
    scopes: () => this.#ports.look((state) => viewScopes(state, this.#scopeProblems)),
    history: async (query) => {
      const revision = await this.#ports.look((state) => state.revision);
      const answer = await this.#histories.take(() => readHistory(this.#ports.store, query, revision));
      const beginning = this.#ports.beginning();
      return beginning === null ? answer : { begunAnew: beginningText(beginning), ...answer };
    },
    why: async ({ subject, at, happened: limit = happenedMax }) => {
      const seen = await this.#viewAt(at, (state) => viewWhy(state, subject));
      // Reading back to the events of one that has few of them may go through much of the log.
      const happened =
        limit === 0 ? [] : await readHappened(this.#ports.store, subject, seen.revision, limit);
      return { happened, ...seen };
    },
    mayWrite: (asked) =>
      this.#ports.look((state, nowMs) => viewMayWrite(state, asked, this.#scopeProblems, nowMs)),
    scopesOf: ({ paths }) => this.#ports.look((state) => viewScopesOf(state, paths)),
    impact: ({ scopes }) => this.#ports.look((state) => viewImpact(state, scopes)),
    notices: (asked) => this.#histories.take(() => readNotices(this.#ports, asked)),
    formerHolders: (asked) => this.#histories.take(() => readFormerHolders(this.#ports, asked)),
    token: (check) => this.#ports.look((state, nowMs) => ({ nowMs, ...viewToken(state, check, nowMs) })),
    violations: () =>
      this.#ports.look((state) => ({
        revision: state.revision,
        checked: invariantNames,
        violations: violations(state),
        stateDigest: createHash('sha256').update(encodeState(state)).digest('hex'),
      })),
    openViolations: () =>
      this.#ports.look(({ revision, openViolations }, nowMs) => ({
        revision,
        nowMs,
        open: [...openViolations.values()],
      })),
    health: async () => this.#ports.health(),
  };

  constructor(ports: QueryPorts) {
    this.#ports = ports;
  }

  /** Fails with `COMPACTED` when a past moment is no longer kept. */
  async answer<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const handler = this.#handlers[query.kind] as (asked: Query) => Promise<Answer<Q>>;
    try {
      return await handler(query);
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** What is wrong with the scope files on disk, shown from now on. */
  setScopeProblems(problems: readonly ScopeProblem[]): void {
    this.#scopeProblems = problems;
  }

  #problemsAt(nowMs: TimeMs): readonly ScopeProblem[] {
    return [...beginningProblems(this.#ports.beginning(), nowMs), ...this.#scopeProblems];
  }

  async #viewAt<T extends object>(at: Moment | null, view: (state: State) => T): Promise<T & Now> {
    if (at === null) return this.#ports.look((state, nowMs) => ({ nowMs, ...view(state) }));
    const end = await this.#ports.look(({ revision }, nowMs) => ({ revision, nowMs }));
    const { store, report } = this.#ports;
    return this.#replays.take(async () => view(await stateAt(store, at, end, report)));
  }
}
