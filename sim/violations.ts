/**
 * Violations, by other eyes than the machine's: what is open does not begin again, what ends is as it began, it names whoever had
 * the place then, and changes nothing else; and who holds the place is told of it while it is open.
 */
import { isLockEnd, type Entry, type Event, type EventOf, type Notice } from '../src/core/index.ts';
import type { Archive } from './archive.ts';
import { Ground, keyOf } from './ground.ts';
import { demand } from './verdict.ts';
import type { News, Witness } from './witness.ts';

/** How long something was so: from one revision to another, or to the end of the run. */
interface Lasting {
  readonly from: number;
  until: number;
}

interface Held extends Lasting {
  readonly agent: string;
  readonly scope: string | undefined;
  readonly file: string | undefined;
}

interface Found extends Lasting {
  readonly began: EventOf<'violation.began'>;
}

/** Answers how often agents were told of one. */
export function judgeViolations(archive: Archive, { news }: Witness): number {
  const past = new Past();
  for (const entry of archive.entries) past.take(entry);
  for (const each of news) past.judgeTold(each, archive);
  return news.flatMap(({ answer }) => answer.notices.filter(isBroken)).length;
}

const isBroken = (notice: Notice): notice is Extract<Notice, { kind: 'broken' }> => notice.kind === 'broken';

/** What was held and what was open, from beginning to end. */
class Past {
  readonly #ground = new Ground();
  readonly #held: Held[] = [];
  readonly #now = new Map<string, Held>();
  readonly #found: Found[] = [];
  readonly #open = new Map<string, Found>();

  take({ revision, events }: Entry): void {
    for (const event of events) {
      this.#ground.take(event);
      this.#takeLock(event, revision);
      if (event.kind !== 'violation.began' && event.kind !== 'violation.ended') continue;
      demand(events.length === 1, `a violation changed something else at revision ${revision}`);
      if (event.kind === 'violation.began') this.#begin(event, revision);
      else this.#end(event, revision);
    }
  }

  #takeLock(event: Event, revision: number): void {
    if (event.kind === 'lock.granted') {
      const { agent, scope, file } = event;
      const held = { agent, scope, file, from: revision, until: Infinity };
      this.#held.push(held);
      this.#now.set(keyOf(event), held);
    } else if (isLockEnd(event)) {
      const held = this.#now.get(keyOf(event));
      if (held !== undefined) held.until = revision;
      this.#now.delete(keyOf(event));
    }
  }

  #begin(event: EventOf<'violation.began'>, revision: number): void {
    const { subject, scope, file, holder } = event;
    const what = `the violation of ${subject}, at revision ${revision},`;
    demand(!this.#open.has(nameOf(event)), `${what} began while it was open`);
    const around = this.#ground.around(subject);
    demand((scope ?? null) === around, `${what} is in ${String(scope)}, and not in ${String(around)}`);
    const by = [file, scope].flatMap((path) =>
      path === undefined ? [] : (this.#now.get(path)?.agent ?? []),
    );
    demand(
      holder === (by[0] ?? null),
      `${what} names ${String(holder)} as the holder, and not ${String(by[0])}`,
    );
    const found = { began: event, from: revision, until: Infinity };
    this.#found.push(found);
    this.#open.set(nameOf(event), found);
  }

  #end(event: EventOf<'violation.ended'>, revision: number): void {
    const open = this.#open.get(nameOf(event));
    const { scope, file, holder } = open?.began ?? {};
    const isAsItBegan = event.scope === scope && event.file === file && event.holder === holder;
    demand(open !== undefined && isAsItBegan, `what ended at revision ${revision} had not begun so`);
    open.until = revision;
    this.#open.delete(nameOf(event));
  }

  judgeTold(news: News, archive: Archive): void {
    const { agent, epoch, after, answer, atMs } = news;
    const upTo = answer.upTo.revision;
    const told = answer.notices.filter(isBroken);
    for (const { revision, subject } of told) {
      const found = this.#found.find(({ from }) => from === revision);
      const wasOpen = found !== undefined && found.from <= upTo && found.until > upTo;
      demand(wasOpen, `${agent} was told at ${upTo} that ${subject} breaks a rule, which was not so`);
      demand(this.#concerns(found, news), `${agent} was told of ${subject}, of which it held nothing`);
    }
    if (answer.left > 0) return;
    const since = Math.max(after ?? 0, epoch);
    const isOverBy = ({ until }: Lasting): boolean => (archive.tookEffectMs[until - 1] ?? Infinity) <= atMs;
    for (const found of this.#found) {
      const { from, began } = found;
      if (from <= since || from > upTo || isOverBy(found)) continue;
      const isHeld = this.#held.some(
        (held) => held.agent === agent && held.from < from && !isOverBy(held) && isAbout(found, held),
      );
      const isTold = told.some(({ scope }) => scope === began.scope);
      demand(!isHeld || isTold, `${agent} was not told that ${began.subject} breaks a rule, at ${from}`);
    }
  }

  #concerns(found: Found, { agent, answer }: News): boolean {
    const { revision } = answer.upTo;
    return this.#held.some(
      (held) =>
        held.agent === agent && held.from <= revision && held.until > revision && isAbout(found, held),
    );
  }
}

const nameOf = ({ type, rule, subject }: EventOf<'violation.began' | 'violation.ended'>): string =>
  JSON.stringify([type, rule, subject]);

/** Whether who holds that has to do with it: it is in the scope that is held, or in the file, or is the scope as a whole. */
function isAbout({ began }: Found, { scope, file }: Held): boolean {
  if (scope === undefined || scope !== began.scope) return false;
  return file === undefined || began.file === undefined || file === began.file;
}
