/** For tests of taking part: processes that share a service, sessions and files, on clocks that stand still. */
import { createHash } from 'node:crypto';
import type { AgentId, DurationMs, ScopePath } from '../../src/core/index.ts';
import type { Coordinator } from '../../src/protocol/index.ts';
import {
  defineScopes,
  newRequestId,
  openBench,
  scopePath,
  settled,
  type Bench,
} from '../../src/service/testing.ts';
import type { AcquireWish } from '../../src/participant/acquiring.ts';
import { Participant, type ParticipantPorts, type PartWish } from '../../src/participant/participant.ts';
import type { AgentSession, SessionKeeping } from '../../src/participant/session.ts';

export const auth = scopePath('auth');
export const web = scopePath('web');

const now = { ttlMs: null, wait: { kind: 'none' }, reason: null } as const;
export const waiting = { ...now, wait: { kind: 'queue', forMs: null } } as const;
/** Longer than the agent is silent for. */
export const longLease = { ttlMs: 600_000 as DurationMs };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What processes stand on: sessions and files are shared by all, a name is kept by one. */
export class Stage {
  readonly bench: Bench;
  readonly kept = new Map<AgentId, AgentSession>();
  readonly occupants = new Map<AgentId, number>();
  readonly files = new Map<string, string>();
  /** What files were, by path and digest. */
  readonly contents = new Map<string, string>();
  /** Where paths lead that are links. */
  readonly links = new Map<string, ScopePath>();
  coordinator: Coordinator;
  /** Files that were changed since whenever it is asked; null: nobody can tell. */
  changed: readonly { readonly path: string; readonly atMs: number }[] | null = null;
  /** Whether the process ends before what is recorded is in its place. */
  isKilled = false;

  private constructor(bench: Bench) {
    this.bench = bench;
    this.coordinator = bench.service as unknown as Coordinator;
  }

  /** With the scopes auth and web. */
  static async open(): Promise<Stage> {
    const bench = await openBench();
    await defineScopes(bench.service, auth, web);
    return new Stage(bench);
  }

  portsOf(pid: number): ParticipantPorts {
    const { bench, files, links } = this;
    return {
      coordinator: this.coordinator,
      sessions: this.#sessionsOf(pid),
      files: {
        realPath: async (path) => links.get(path) ?? path,
        read: async (path) => files.get(path) ?? null,
        stage: async (path, mark, text) => void files.set(`${path}~${mark}`, text),
        staged: async (path, mark) => files.get(`${path}~${mark}`) ?? null,
        marks: async (path) =>
          [...files.keys()].flatMap((name) =>
            name.startsWith(`${path}~`) ? [name.slice(path.length + 1)] : [],
          ),
        finish: async (path, mark) => {
          if (this.isKilled) throw new Error('killed');
          files.set(path, files.get(`${path}~${mark}`)!);
          files.delete(`${path}~${mark}`);
        },
        discard: async (path, mark) => void files.delete(`${path}~${mark}`),
        keep: async (path, texts) => {
          for (const text of texts) this.contents.set(`${path} ${sha256(text)}`, text);
        },
        kept: async (path, digest) => this.contents.get(`${path} ${digest}`) ?? null,
      },
      time: {
        monotonicMs: () => bench.clock.monotonicMs(),
        wallMs: () => bench.clock.wallMs(),
        schedule: (delayMs, run) => bench.timers.schedule(delayMs, run),
      },
      changedSince: async () => this.changed,
      newRequestId,
      newSecret: () => newRequestId().replaceAll(/\D/g, '').padStart(64, '0'),
    };
  }

  #sessionsOf(pid: number): SessionKeeping {
    const { kept, occupants } = this;
    return {
      occupy: async (agent) => {
        const other = occupants.get(agent);
        if (other !== undefined && other !== pid) return { kind: 'taken', by: { pid: other, sinceMs: 0 } };
        occupants.set(agent, pid);
        return { kind: 'ours' };
      },
      take: async (agent) => void occupants.set(agent, pid),
      occupant: async () => null,
      read: async (agent) => kept.get(agent) ?? null,
      write: async (session) => void kept.set(session.agent, session),
      release: async (agent) => void occupants.delete(agent),
      forget: async (agent) => {
        kept.delete(agent);
        occupants.delete(agent);
      },
    };
  }

  async takePart(name: string, pid = 1, wish: Partial<PartWish> = {}): Promise<Participant> {
    const agent = name as AgentId;
    const whole = { agent, metadata: {}, from: `process ${pid}`, keepsLeft: false, ...wish };
    const took = await Participant.takePart(this.portsOf(pid), whole);
    if (took.kind !== 'joined') throw new Error(JSON.stringify(took));
    return took.participant;
  }

  /** Its process ends without leaving. */
  end(participant: Participant): void {
    participant.stop();
    this.occupants.clear();
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      for (let turn = 0; turn < 10; turn += 1) await settled();
      this.bench.timers.advance(Math.min(1_000, left));
    }
    for (let turn = 0; turn < 10; turn += 1) await settled();
  }

  async holders(): Promise<Record<string, string>> {
    const { locks } = await this.coordinator.query({ kind: 'status', at: null });
    return Object.fromEntries(locks.map(({ scope, agent }) => [scope, agent]));
  }
}

export async function acquired(participant: Participant, scope = auth, more: Partial<AcquireWish> = {}) {
  const got = await participant.acquire(
    { ...now, scopes: [scope], ...more },
    { signal: new AbortController().signal },
  );
  if (got.kind !== 'granted') throw new Error(JSON.stringify(got));
  return got.lock;
}
