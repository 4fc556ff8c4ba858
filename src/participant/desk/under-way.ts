import type { CommandKind } from '../../core/index.ts';
import { acquiring, releasing } from '../agent-commands.ts';

/** What is said in an agent's name and has no answer yet: until then it is uncertain what the agent holds. */
export class UnderWay {
  readonly #now = { releasing: 0, acquiring: 0 };
  #releasesSent = 0;

  get isReleasing(): boolean {
    return this.#now.releasing > 0;
  }

  get isAcquiring(): boolean {
    return this.#now.acquiring > 0;
  }

  /** How many commands that give back have been sent. */
  get releasesSent(): number {
    return this.#releasesSent;
  }

  begin(kind: CommandKind): void {
    if (releasing.has(kind)) this.#releasesSent += 1;
    this.#count(kind, 1);
  }

  end(kind: CommandKind): void {
    this.#count(kind, -1);
  }

  #count(kind: CommandKind, by: 1 | -1): void {
    if (releasing.has(kind)) this.#now.releasing += by;
    if (acquiring.has(kind)) this.#now.acquiring += by;
  }
}
