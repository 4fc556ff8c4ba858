/** What a sync does, as it does it: lines, and on a terminal a bar that goes away. */
import type { ScopePath } from '../../core/index.ts';
import { count, duration } from '../../wording/index.ts';
import type { SyncNews, SyncOutcome } from '../../sync/index.ts';
import { every } from '../../time/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { outcomeText, problemLine } from '../format/sync.ts';
import { shortened } from '../format/width.ts';
import { canTell } from '../process/live-line.ts';

const drawEveryMs = 200;
const barLength = 20;

export class SyncProgress {
  readonly #call: Call;
  readonly #hasBar: boolean;
  readonly #begunAtMs = new Map<ScopePath, number>();
  readonly #stop: () => void;
  #steps = 0;
  #ended = 0;
  #isDrawn = false;

  constructor(call: Call) {
    this.#call = call;
    this.#hasBar = canTell(call);
    this.#stop = this.#hasBar ? every(call.ports.clock, drawEveryMs, () => this.#draw()) : () => undefined;
  }

  /** The bar is taken away. */
  stop(): void {
    this.#stop();
    this.#wipe();
  }

  hear(news: SyncNews): void {
    switch (news.kind) {
      case 'planned':
        this.#steps = news.steps;
        return;
      case 'begun':
        this.#begunAtMs.set(news.scope, this.#call.ports.clock.monotonicMs());
        return;
      case 'problems':
        for (const problem of news.problems) this.#say(problemLine(problem));
        return;
      case 'waits':
        return this.#say(line`${news.scope}: ${news.agent ?? 'somebody'} syncs it: waiting for that`);
      case 'undone':
        this.#begunAtMs.delete(news.scope);
        return this.#say(line`${news.scope}: begins anew, since something it is made of was changed`);
      case 'retries':
        return this.#say(
          line`${news.scope}: ${news.error}; it is tried again in ${duration(news.atMs - this.#call.nowMs)}`,
        );
      case 'ended':
        return this.#end(news.scope, news.outcome);
    }
  }

  #end(scope: ScopePath, outcome: SyncOutcome): void {
    const begunAtMs = this.#begunAtMs.get(scope);
    this.#begunAtMs.delete(scope);
    this.#ended += 1;
    const tookMs = begunAtMs === undefined ? null : this.#call.ports.clock.monotonicMs() - begunAtMs;
    const isWell = outcome.kind === 'synced' || outcome.kind === 'unchanged';
    // On a terminal the bar tells of those that need no attention.
    if (!(this.#hasBar && isWell)) this.#say(line`${scope}: ` + outcomeText(outcome, tookMs));
  }

  #say(text: string): void {
    this.#wipe();
    this.#call.show(text);
  }

  #wipe(): void {
    if (this.#isDrawn) this.#call.ports.stderr.write('\r\u001b[2K');
    this.#isDrawn = false;
  }

  #draw(): void {
    if (this.#steps === 0) return;
    const done = Math.min(barLength, Math.floor((this.#ended / this.#steps) * barLength));
    const bar = `[${'#'.repeat(done)}${' '.repeat(barLength - done)}]`;
    const underWay = [...this.#begunAtMs.keys()];
    const some = underWay.slice(0, 3).join(', ');
    const more = underWay.length > 3 ? ` and ${underWay.length - 3} more` : '';
    const text = line`${bar} ${this.#ended} of ${count(this.#steps, 'scope')} ${some}${more} `;
    const { columns } = this.#call.errorStyle;
    this.#call.ports.stderr.write(`\r\u001b[2K${columns === null ? text : shortened(text, columns - 1)}`);
    this.#isDrawn = true;
  }
}
