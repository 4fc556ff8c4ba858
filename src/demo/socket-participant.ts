import { join } from 'node:path';
import {
  asDurationMs,
  type AgentId,
  type FilePath,
  type FencingToken,
  type Rejection,
  type ScopePath,
} from '../core/index.ts';
import { newRequestId, newSecret, sessionKeeping } from '../client/index.ts';
import { Participant as TakingPart, type Files, type HeldLock } from '../participant/index.ts';
import type { Coordinator, ScopeView } from '../protocol/index.ts';
import { systemTime } from '../time/index.ts';
import { Notes } from './notes.ts';
import { join as reach } from './owner.ts';
import type { Acquired, Participant, Refusal } from './participant.ts';
import { notesFile, type Briefing } from './report.ts';

/** Takes part by the coordinator's own port, as a program does that uses this package. */
export class SocketParticipant implements Participant {
  readonly #briefing: Briefing;
  readonly #coordinator: Coordinator;
  readonly #part: TakingPart;
  readonly #locks = new Map<FencingToken, HeldLock>();

  private constructor(briefing: Briefing, coordinator: Coordinator, part: TakingPart) {
    this.#briefing = briefing;
    this.#coordinator = coordinator;
    this.#part = part;
  }

  static async join(briefing: Briefing): Promise<SocketParticipant> {
    const { commonDir, worktree, role } = briefing;
    const coordinator = await reach(briefing);
    const sessions = sessionKeeping(commonDir, systemTime, coordinator);
    const files = notesIn(worktree);
    const ports = { coordinator, sessions, files, time: systemTime, newRequestId, newSecret };
    const took = await TakingPart.takePart(ports, {
      agent: briefing.name as AgentId,
      metadata: { program: 'demo', role, pid: process.pid },
      from: 'demo',
      keepsLeft: false,
    });
    if (took.kind === 'joined') return new SocketParticipant(briefing, coordinator, took.participant);
    throw new Error(
      took.kind === 'occupied' ? `process ${took.by.pid} occupies the name` : told(took.rejection),
    );
  }

  async acquire(name: ScopePath, isFile = false): Promise<Acquired> {
    const wish = {
      scopes: isFile ? [] : [name],
      ...(isFile ? { files: [name as string as FilePath] } : {}),
      ttlMs: asDurationMs(this.#briefing.ttlMs),
      wait: { kind: 'queue', forMs: null },
      reason: `demo ${this.#briefing.role}`,
    } as const;
    const acquired = await this.#part.acquire(wish, { signal: new AbortController().signal });
    if (acquired.kind === 'refused') return { kind: 'refused', refusal: acquired.reply.rejection };
    // Its lease was over before this process heard of the grant: the coordinator had been killed, or this machine is busy.
    if (acquired.kind === 'waitedInVain' && acquired.cause === 'granted') return this.acquire(name, isFile);
    if (acquired.kind !== 'granted') throw new Error(`the wait ended: ${JSON.stringify(acquired)}`);
    const { token } = acquired.lock;
    this.#locks.set(token, acquired.lock);
    return { kind: 'granted', token };
  }

  async write(
    scope: ScopePath,
    token: FencingToken,
    change: (before: string) => string,
  ): Promise<Refusal | null> {
    const path = join(scope, notesFile) as ScopePath;
    const written = await this.#lockOf(token).write(path, (before) => change(before ?? ''));
    if (written.kind === 'elsewhere') throw new Error(`${path} is of ${written.scope ?? 'no scope'}`);
    return written.kind === 'refused' ? written.reply.rejection : null;
  }

  async release(_scope: ScopePath, token: FencingToken): Promise<void> {
    await this.#lockOf(token).release();
  }

  async leave(): Promise<void> {
    await this.#part.leave();
    await this.#coordinator.close();
  }

  async scopes(): Promise<readonly ScopeView[]> {
    return (await this.#coordinator.query({ kind: 'scopes' })).scopes;
  }

  /** Asks for a scope with these dependencies; null when it was accepted. */
  async define(
    scope: Pick<ScopeView, 'path' | 'name' | 'type'>,
    dependencies: readonly ScopePath[],
  ): Promise<Refusal | null> {
    const { path, name, type } = scope;
    const by = this.#part.agent;
    const command = { kind: 'DefineScope', by, scope: { path, name, type, dependencies } } as const;
    const reply = await this.#coordinator.submit({ requestId: newRequestId(), command });
    return reply.ok ? null : reply.rejection;
  }

  #lockOf(token: FencingToken): HeldLock {
    const lock = this.#locks.get(token);
    if (lock === undefined) throw new Error(`token ${token} was never granted here`);
    return lock;
  }
}

/**
 * What is recorded and not written yet, nobody goes on with here: who is killed in this play was not writing. Nor does anybody
 * ask for what the notes were.
 */
function notesIn(worktree: string): Files {
  const staged = new Map<string, string>();
  return {
    realPath: async (path) => path,
    read: async (path) => new Notes(join(worktree, path)).read(),
    stage: async (_path, mark, text) => void staged.set(mark, text),
    staged: async (_path, mark) => staged.get(mark) ?? null,
    marks: async () => [...staged.keys()],
    finish: async (path, mark) => {
      new Notes(join(worktree, path)).write(staged.get(mark) ?? '');
      staged.delete(mark);
    },
    discard: async (_path, mark) => void staged.delete(mark),
    keep: async () => undefined,
    kept: async () => null,
  };
}

const told = ({ code, message }: Rejection): string => `${code}: ${message}`;
