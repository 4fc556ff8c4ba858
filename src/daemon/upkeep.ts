import type { Log } from '../observe/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { systemTime, type Cancel, type Time } from '../time/index.ts';
import { restMs } from './scope-follower.ts';

/** What the upkeep looks at, and what it does about it. */
export interface UpkeepPorts {
  /** Whether somebody is connected, or something is held, waited for, synced or under way. */
  isActive(): boolean;
  /** Calls taken since the start. */
  callCount(): number;
  /** How long to stay with nothing to do; 0: for ever. May change. */
  idleExitMs(): number;
  /** Why the socket or the log is no more the file that was opened; null while both are. */
  whyLost(): Promise<string | null>;
  /** Takes over scope files that have changed and come to rest; says whether some have yet to. */
  followScopes(): Promise<boolean>;
  /** Sees what Git has done to scopes that are synced. */
  followGit(): Promise<void>;
  /** Has scopes synced again that are due. */
  syncDue(): Promise<void>;
  /** Sees what breaks a rule in the working tree; at its own pace. */
  watchSafety(): Promise<void>;
  /** Sees which agents' processes have ended. */
  seeDead(): Promise<void>;
  /** Begins what is said to {@link log} anew where it has grown large. */
  capLog(): void;
  leave(reason: string): void;
  readonly log: Log;
}

type Trouble = 'upkeep.failed' | 'logFile.notCapped' | 'safety.notWatched' | 'git.notRead' | 'scopes.notRead';

const lookEveryMs = 1_000;
/** A shorter idle time is no reason to look more often. */
const busiestEveryMs = 100;
/** Shortest pause between two looks at the scope files, unless the first found changes: {@link restMs} later they are in force. */
const followEveryMs = 2_000;
/** Whoever has started it must be able to call, however short the idle time is. */
const firstCallWithinMs = 2_000;
/** A look lists the working tree: where that is large and nothing changes, it must not take more than a twentieth of the time. */
const followPauseFactor = 20;

/**
 * What the owner does by itself: follow the scope files and see whose process has ended while somebody is there to care, leave when nobody has called
 * for long, and leave when the repository has been deleted under it.
 */
export class Upkeep {
  readonly #ports: UpkeepPorts;
  readonly #time: Time;
  #activeAtMs: number;
  #callsSeen = 0;
  #gitAtMs = 0;
  #followAtMs: number;
  /** How long the last look took. */
  #lookMs = Number.POSITIVE_INFINITY;
  /** Whether the next look is to find out if the changes that the last one found have come to rest. */
  #looksAgain = false;
  #cancel: Cancel = () => {};
  #isStopped = false;
  #turning: Promise<void> = Promise.resolve();

  constructor(ports: UpkeepPorts, time: Time = systemTime) {
    this.#ports = ports;
    this.#time = time;
    this.#activeAtMs = time.monotonicMs();
    this.#followAtMs = this.#activeAtMs + followEveryMs;
    this.#schedule();
  }

  /** Resolves once the look that is under way has ended; what fails from now on is not told: it is for want of what was closed. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    return this.#turning;
  }

  #schedule(): void {
    const idleExitMs = this.#ports.idleExitMs();
    const shortestMs = Math.max(idleExitMs, busiestEveryMs);
    const longestMs = this.#looksAgain ? restMs : lookEveryMs;
    const delayMs = idleExitMs === 0 ? longestMs : Math.min(longestMs, shortestMs);
    if (this.#isStopped) return;
    this.#cancel = this.#time.schedule(delayMs, () => {
      this.#turning = this.#turn();
    });
  }

  /** What cannot be looked at now may be at the next turn. */
  async #turn(): Promise<void> {
    this.#capLog();
    try {
      if (await this.#look()) return;
    } catch (error) {
      this.#warn(error, 'upkeep.failed');
    }
    this.#schedule();
  }

  #warn(error: unknown, event: Trouble): void {
    if (!this.#isStopped) this.#ports.log.note(event, { cause: String(error) });
  }

  #capLog(): void {
    try {
      this.#ports.capLog();
    } catch (error) {
      this.#warn(error, 'logFile.notCapped');
    }
  }

  /** Whether it leaves. */
  async #look(): Promise<boolean> {
    const reason = await this.#reasonToLeave();
    if (reason !== null) this.#ports.leave(reason);
    else {
      if (this.#ports.isActive()) {
        await this.#ports.seeDead();
        if (this.#time.monotonicMs() >= this.#followAtMs) await this.#followFiles();
      }
      await this.#followSyncs();
      await this.#watchSafety();
    }
    return reason !== null;
  }

  /** A file may break while nobody is there, too. */
  async #watchSafety(): Promise<void> {
    try {
      await this.#ports.watchSafety();
    } catch (error) {
      this.#warn(error, 'safety.notWatched');
    }
  }

  async #reasonToLeave(): Promise<string | null> {
    const lost = await this.#ports.whyLost();
    if (lost !== null) return lost;
    this.#noteActivity();
    return this.#isIdleForLong() ? 'idle' : null;
  }

  #noteActivity(): void {
    const calls = this.#ports.callCount();
    if (this.#ports.isActive() || calls !== this.#callsSeen) this.#activeAtMs = this.#time.monotonicMs();
    this.#callsSeen = calls;
  }

  #isIdleForLong(): boolean {
    const idleExitMs = this.#ports.idleExitMs();
    const patienceMs = this.#callsSeen === 0 ? Math.max(idleExitMs, firstCallWithinMs) : idleExitMs;
    return idleExitMs > 0 && this.#time.monotonicMs() - this.#activeAtMs >= patienceMs;
  }

  async #followFiles(): Promise<void> {
    const startMs = this.#time.monotonicMs();
    const hasChanges = await this.#findsChanges();
    const endMs = this.#time.monotonicMs();
    // Files that do not come to rest wait for the pause as well.
    this.#looksAgain = hasChanges && !this.#looksAgain;
    this.#followAtMs = endMs + (this.#looksAgain ? restMs : this.#pauseAfter(endMs - startMs));
    this.#lookMs = endMs - startMs;
  }

  /** Also while nobody calls: a look at a few files, as long as they are the same. */
  async #followSyncs(): Promise<void> {
    const nowMs = this.#time.monotonicMs();
    if (nowMs < this.#gitAtMs) return;
    this.#gitAtMs = nowMs + followEveryMs;
    try {
      await this.#ports.followGit();
      await this.#ports.syncDue();
    } catch (error) {
      this.#warn(error, 'git.notRead');
    }
  }

  /** A look that takes changes over takes longer than most, which must not delay what changes next: the shorter of two counts. */
  #pauseAfter(lookMs: number): number {
    return Math.max(followEveryMs, followPauseFactor * Math.min(lookMs, this.#lookMs));
  }

  /** Files that cannot be read now may be readable at the next look; a repository that is switched off has no owner. */
  async #findsChanges(): Promise<boolean> {
    try {
      return await this.#ports.followScopes();
    } catch (error) {
      if (error instanceof CoordinatorError && error.code === 'DISABLED') this.#ports.leave(error.message);
      else this.#warn(error, 'scopes.notRead');
      return false;
    }
  }
}
