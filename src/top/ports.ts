import type { Coordinator, WhyAnswer } from '../protocol/index.ts';
import type { Time } from '../time/index.ts';
import type { Emphasis } from './line.ts';
import type { Size } from './model.ts';

/** A key of the terminal, by its name; `text`: what it writes, where it writes something. */
export interface Key {
  readonly name: string;
  readonly ctrl: boolean;
  readonly text: string | null;
}

/** A terminal that is drawn on as a whole. */
export interface Screen {
  size(): Size;
  /** Shows a screen of its own, and takes the keys. */
  enter(): void;
  /** Puts back what was there before, in every case that lets this process do anything at all. Idempotent. */
  leave(): void;
  write(text: string): void;
  /** Hands the terminal back to the shell, until the shell lets this process go on. */
  suspend(): void;
  readonly events: ScreenEvents;
}

/** Where the screen tells what happens to it. Set by whoever draws. */
export interface ScreenEvents {
  onKey: (key: Key) => void;
  onResize: () => void;
  /** It goes on after a stop: the terminal may show anything. */
  onResume: () => void;
  /** There is no terminal any more. */
  onGone: () => void;
}

export interface TopPorts {
  readonly coordinator: Coordinator;
  readonly screen: Screen;
  readonly time: Time;
  readonly place: string;
  /** Who revokes. */
  readonly operator: string;
  readonly newRequestId: () => string;
  /** Whether who looks may take locks back. Never fails. */
  readonly mayRevoke: Promise<boolean>;
  readonly paint: (emphasis: Emphasis, text: string) => string;
  readonly words: Words;
}

/** What the command line says in its own way. */
export interface Words {
  /** What an agent does, or who has a lock, and what led to it; safe to print. */
  readonly story: (answer: WhyAnswer, columns: number, nowMs: number) => readonly string[];
}
