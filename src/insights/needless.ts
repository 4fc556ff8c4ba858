/**
 * Waits that locks of files would have spared: somebody waited for a whole scope, or because of one, and in the end the two had
 * changed different files. Told only where both said what they had changed, all of it.
 */
import { type DurationMs, type FilePath, type ScopePath, type Ticket } from '../core/index.ts';
import type { Meeting } from './meetings.ts';
import { lengthOf } from './opening.ts';
import type { EndedHold, EndedWait, Hold } from './spans.ts';
import { longer, type Longest } from './tallies.ts';

export interface Needless {
  readonly scope: ScopePath;
  waits: number;
  savedMs: number;
  longest: Longest | null;
}

/** One that was in the way of a ticket. */
interface InTheWay {
  readonly scope: ScopePath;
  readonly isWhole: boolean;
  readonly files: ReadonlySet<FilePath>;
  readonly lengthMs: number;
}

interface Followed {
  readonly inTheWay: InTheWay[];
  /** What was got by the ticket and is held still. */
  held: number;
  waitedMs: number;
}

export class NeedlessWaits {
  readonly found = new Map<ScopePath, Needless>();
  readonly #tickets = new Map<Ticket, Followed>();

  met({ hold, wait, lengthMs }: Meeting): void {
    const files = changedFiles(hold);
    const { scope } = hold.name;
    if (files === null || scope === undefined) return;
    const followed = this.#tickets.get(wait.ticket) ?? { inTheWay: [], held: 0, waitedMs: 0 };
    this.#tickets.set(wait.ticket, followed);
    followed.inTheWay.push({ scope, isWhole: isWhole(hold), files, lengthMs });
  }

  waitEnded(wait: EndedWait): void {
    const followed = this.#tickets.get(wait.ticket);
    if (followed === undefined) return;
    followed.waitedMs = lengthOf(wait);
    if (wait.cause !== 'granted') this.#tickets.delete(wait.ticket);
  }

  holdBegan({ ticket }: Hold): void {
    const followed = ticket === null ? undefined : this.#tickets.get(ticket);
    if (followed !== undefined) followed.held += 1;
  }

  holdEnded(hold: EndedHold): void {
    const followed = hold.ticket === null ? undefined : this.#tickets.get(hold.ticket);
    if (hold.ticket === null || followed === undefined) return;
    followed.held -= 1;
    if (followed.held === 0) this.#tickets.delete(hold.ticket);
    const { scope } = hold.name;
    const files = changedFiles(hold);
    if (scope === undefined || files === null) return;
    const here = followed.inTheWay.filter((other) => other.scope === scope);
    const isNeedless = here.every((other) => (other.isWhole || isWhole(hold)) && isApart(files, other.files));
    if (here.length === 0 || !isNeedless) return;
    const savedMs = Math.min(
      followed.waitedMs,
      here.reduce((sum, { lengthMs }) => sum + lengthMs, 0),
    );
    this.#add(scope, hold.ticket, savedMs as DurationMs);
  }

  #add(scope: ScopePath, ticket: Ticket, savedMs: DurationMs): void {
    const known = this.found.get(scope) ?? { scope, waits: 0, savedMs: 0, longest: null };
    this.found.set(scope, known);
    known.waits += 1;
    known.savedMs += savedMs;
    known.longest = longer(known.longest, ticket, savedMs);
  }
}

const isWhole = ({ name }: Hold): boolean => name.file === undefined;

/** Null: nobody said, not all of it, or nothing was changed, which tells nothing of what it was needed for. */
function changedFiles(hold: Hold | EndedHold): ReadonlySet<FilePath> | null {
  const changed = 'changed' in hold ? hold.changed : null;
  if (changed === null || changed.count === 0 || changed.count > changed.files.length) return null;
  return new Set(changed.files);
}

const isApart = (some: ReadonlySet<FilePath>, others: ReadonlySet<FilePath>): boolean =>
  [...some].every((file) => !others.has(file));
