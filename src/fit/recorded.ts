/** Claims as a log has recorded them, as jobs: what was granted together, and until when it was held. */
import {
  asDurationMs,
  type AgentId,
  type Entry,
  type LockName,
  type Revision,
  type TimeMs,
} from '../core/index.ts';
import type { Job } from './job.ts';

interface Claim {
  readonly revision: Revision;
  readonly grantedAtMs: TimeMs;
  readonly names: readonly LockName[];
  /** How many of them are held still. */
  held: number;
  /** When the last of them ended so far. */
  endedAtMs: TimeMs;
}

/** One revision may grant to several agents: then each has a claim of its own. */
type ClaimKey = `${AgentId} ${Revision}`;

const keyOf = (agent: AgentId, token: Revision): ClaimKey => `${agent} ${token}`;

export interface Recorded {
  /** In the order in which they were granted. */
  readonly jobs: readonly Job[];
  /** Claims of resources alone, which have nothing to do with scopes and are left out. */
  readonly resources: number;
  /** When the first of the jobs began. */
  readonly from: TimeMs | null;
  readonly to: TimeMs | null;
}

/** Is told the entries of a log in order. */
export class ClaimReader {
  readonly #max: number;
  readonly #claims: Claim[] = [];
  readonly #open = new Map<ClaimKey, Claim>();
  #lastMs: TimeMs | null = null;
  #resources = 0;

  /** Remembers the last `max` claims. */
  constructor(max: number) {
    this.#max = max;
  }

  take({ revision, atMs, events }: Entry): void {
    this.#lastMs = atMs;
    const granted = new Map<AgentId, LockName[]>();
    for (const event of events) {
      if (event.kind === 'lock.granted') {
        const names = granted.get(event.agent);
        if (names === undefined) granted.set(event.agent, [event]);
        else names.push(event);
      }
      if (event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked')
        this.#end(keyOf(event.agent, event.token), event, atMs);
    }
    for (const [agent, all] of granted) {
      const names = all.filter(({ scope }) => scope !== undefined);
      if (names.length === 0) this.#resources += 1;
      else
        this.#begin(keyOf(agent, revision), {
          revision,
          grantedAtMs: atMs,
          names,
          held: names.length,
          endedAtMs: atMs,
        });
    }
  }

  #begin(key: ClaimKey, claim: Claim): void {
    this.#claims.push(claim);
    this.#open.set(key, claim);
    if (this.#claims.length > this.#max) this.#claims.shift();
  }

  #end(key: ClaimKey, { scope }: LockName, atMs: TimeMs): void {
    const claim = this.#open.get(key);
    if (claim === undefined || scope === undefined) return;
    claim.held -= 1;
    claim.endedAtMs = atMs;
    if (claim.held === 0) this.#open.delete(key);
  }

  /** A claim that is held when the log ends counts until then. */
  result(): Recorded {
    const [first] = this.#claims;
    return {
      jobs: this.#claims.map((claim) => this.#jobOf(claim)),
      resources: this.#resources,
      from: first?.grantedAtMs ?? null,
      to: this.#lastMs,
    };
  }

  #jobOf({ grantedAtMs, names, held, endedAtMs }: Claim): Job {
    const endMs = held > 0 ? (this.#lastMs ?? endedAtMs) : endedAtMs;
    return {
      files: names.flatMap(({ file }) => file ?? []),
      scopes: names.flatMap(({ scope, file }) => (scope === undefined || file !== undefined ? [] : [scope])),
      workMs: asDurationMs(Math.max(1, endMs - grantedAtMs)),
    };
  }
}
