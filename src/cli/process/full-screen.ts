import { emitKeypressEvents, type Interface, type Key as NodeKey } from 'node:readline';
import { entering, leaving, type Screen, type ScreenEvents } from '../../top/index.ts';
import { sizeUnlessKnown } from './terminal-questions.ts';

/** The terminal of this process, as a whole. */
export function fullScreen(): Screen {
  return new FullScreen();
}

/** A key of more than one byte that comes in pieces over a slow line is whole by then; Escape alone is known by that. */
const escapeMs = 100;

class FullScreen implements Screen {
  readonly events: ScreenEvents = {
    onKey: () => undefined,
    onResize: () => undefined,
    onResume: () => undefined,
    onGone: () => undefined,
  };
  #isEntered = false;

  size(): { readonly columns: number; readonly rows: number } {
    const { stdout } = process;
    sizeUnlessKnown(stdout, process.env);
    return { columns: stdout.columns, rows: stdout.rows };
  }

  write(text: string): void {
    process.stdout.write(text);
  }

  enter(): void {
    const { stdin, stdout } = process;
    emitKeypressEvents(stdin, { escapeCodeTimeout: escapeMs } as unknown as Interface);
    stdin.on('keypress', this.#onKey).on('end', this.#onGone).on('error', this.#onGone);
    stdout.on('resize', this.#onResize).on('error', this.#onGone);
    process.on('SIGTSTP', this.#onStop).on('SIGCONT', this.#onContinue);
    // A crash is told after that: on the shell's screen, where it is seen.
    process.on('exit', this.#restore);
    this.#take();
  }

  leave(): void {
    const { stdin, stdout } = process;
    stdin.off('keypress', this.#onKey).off('end', this.#onGone).off('error', this.#onGone);
    stdout.off('resize', this.#onResize).off('error', this.#onGone);
    process.off('SIGTSTP', this.#onStop).off('SIGCONT', this.#onContinue);
    process.off('exit', this.#restore);
    this.#restore();
  }

  /**
   * As the terminal does it for a program that takes no keys: all in the foreground stop, where a shell can let them go on. Where
   * there is none nothing stops, and we go on at once.
   */
  suspend(): void {
    this.#restore();
    process.off('SIGTSTP', this.#onStop);
    process.kill(0, 'SIGTSTP');
    process.on('SIGTSTP', this.#onStop);
    this.#onContinue();
  }

  /** Whoever is in the background stops here, before he has written anything. */
  #take(): void {
    process.stdin.setRawMode(true).resume();
    process.stdout.write(entering);
    this.#isEntered = true;
  }

  readonly #restore = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    try {
      process.stdout.write(leaving);
      process.stdin.setRawMode(false).pause();
    } catch {
      // There is no terminal any more.
    }
  };

  readonly #onKey = (text: string | undefined, { name, ctrl }: NodeKey): void => {
    const isWritten = text !== undefined && ctrl !== true && !/\p{Cc}/u.test(text);
    this.events.onKey({ name: name ?? '', ctrl: ctrl === true, text: isWritten ? text : null });
  };

  readonly #onResize = (): void => this.events.onResize();
  readonly #onGone = (): void => this.events.onGone();
  readonly #onStop = (): void => this.suspend();

  /** The shell may have set the terminal its own way, also where we had no time to restore it. */
  readonly #onContinue = (): void => {
    process.stdin.setRawMode(false);
    this.#take();
    this.events.onResume();
  };
}
