/** The model's messages; see `model.ts`. Nothing is ever removed: each letter says what became of it. */
import type { CommandOf, Settings } from '../../src/core/index.ts';
import type { Answer } from './model.ts';

interface Letter {
  readonly number: number;
  readonly to: string;
  fate: 'unread' | 'read' | 'gave way' | 'gone';
  /** It gave way, and its reader has been told so. */
  isTold: boolean;
}

export class ModelMail {
  readonly #letters: Letter[] = [];
  readonly #settings: Settings;
  #sendings: { readonly by: string; readonly at: number }[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** `others`: for whom it is, without its sender. */
  send(number: number, at: number, by: string | null, others: readonly string[]): Answer {
    if (others.length === 0) return 'NO_RECIPIENT';
    if (by !== null && this.#sendings.filter((sending) => sending.by === by).length >= 30)
      throw new Error('the model knows no minutes: send less');
    if (by !== null) this.#sendings.push({ by, at });
    this.#sendings = this.#sendings.filter((sending) => sending.at > at - 60_000);
    for (const to of others) this.#letters.push({ number, to, fate: 'unread', isTold: false });
    for (const to of others)
      for (const letter of this.unread(to).slice(0, -this.#settings.maxUnreadMessages))
        letter.fate = 'gave way';
    return 'committed';
  }

  read(by: string): Answer {
    const unread = this.unread(by);
    if (unread.length === 0) return 'committed';
    for (const letter of this.gaveWay(by)) letter.isTold = true;
    for (const letter of unread) letter.fate = 'read';
    return 'committed';
  }

  /** Its reader is there no more. */
  drop(reader: string): void {
    for (const letter of this.gaveWay(reader)) letter.isTold = true;
    for (const letter of this.unread(reader)) letter.fate = 'gone';
  }

  unread(reader: string): Letter[] {
    return this.#letters.filter(({ to, fate }) => to === reader && fate === 'unread');
  }

  gaveWay(reader: string): Letter[] {
    return this.#letters.filter(({ to, fate, isTold }) => to === reader && fate === 'gave way' && !isTold);
  }
}

/** Who is addressed, by what the other parts of the model know. */
export function addressed(
  to: CommandOf<'SendMessage'>['to'],
  present: readonly string[],
  holdersOf: (name: Extract<CommandOf<'SendMessage'>['to'], { kind: 'holder' }>) => readonly string[],
): readonly string[] {
  if (to.kind === 'all') return present;
  return to.kind === 'agent' ? present.filter((name) => name === to.agent) : holdersOf(to);
}
