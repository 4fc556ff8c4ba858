import { every } from '../time/index.ts';
import { Follower } from './follower.ts';
import { frame } from './frame.ts';
import { newModel, type Act, type Model, type Notice } from './model.ts';
import { Painter } from './painter.ts';
import { changes, painted } from './paint.ts';
import type { Key, TopPorts } from './ports.ts';
import { press } from './press.ts';
import { revoke } from './revoke.ts';

/** How a view ended: by a key, as if by Ctrl-C, or since there is no terminal any more. */
export type TopEnd = 'quit' | 'interrupted' | 'gone';

/** Draws on the whole terminal until the person has enough, or the signal aborts. */
export async function runTop(ports: TopPorts, signal: AbortSignal): Promise<TopEnd> {
  const top = new Top(ports);
  try {
    return await top.run(signal);
  } finally {
    top.stop();
  }
}

/** The one place where the view changes: what is heard, what is typed, the time, the size. */
class Top {
  readonly #ports: TopPorts;
  readonly #painter: Painter;
  readonly #follower: Follower;
  readonly #over = new AbortController();
  #model: Model;
  /** What the screen shows; null: that is not known. */
  #shown: readonly string[] | null = null;
  #end: (end: TopEnd) => void = () => undefined;
  #stopTicking: () => void = () => undefined;

  constructor(ports: TopPorts) {
    const { screen, time, place, coordinator } = ports;
    this.#ports = ports;
    this.#model = newModel(place, screen.size(), time.wallMs());
    this.#painter = new Painter(time, () => this.#draw());
    this.#follower = new Follower(coordinator, time, {
      onAsked: (sinceMs) => this.#asked(sinceMs),
      onFacts: (facts) => this.#change({ facts }),
      onStory: (answer) => this.#told(answer),
      onLost: (error) => this.#lost(error),
      subject: () => (this.#model.page.kind === 'story' ? this.#model.page.subject : null),
    });
  }

  run(signal: AbortSignal): Promise<TopEnd> {
    const { screen, time } = this.#ports;
    const ended = new Promise<TopEnd>((resolve) => (this.#end = resolve));
    signal.addEventListener('abort', () => this.#end('quit'), { once: true });
    screen.events.onKey = (key) => this.#pressed(key);
    screen.events.onResize = () => this.#redraw();
    screen.events.onResume = () => this.#redraw();
    screen.events.onGone = () => this.#end('gone');
    screen.enter();
    this.#stopTicking = every(time, 1_000, () => this.#painter.ask());
    this.#painter.ask();
    void this.#follower.follow(this.#over.signal);
    void this.#ports.mayRevoke.then((mayRevoke) => this.#change({ mayRevoke }));
    return ended;
  }

  stop(): void {
    this.#over.abort();
    this.#stopTicking();
    this.#painter.stop();
    this.#ports.screen.leave();
  }

  #change(part: Partial<Model>): void {
    this.#model = { ...this.#model, ...part };
    this.#painter.ask();
  }

  /** Also after the terminal was somebody else's: it may show anything, and have another size. */
  #redraw(): void {
    this.#shown = null;
    this.#change({ size: this.#ports.screen.size() });
  }

  #draw(): void {
    const { screen, time, words, paint } = this.#ports;
    this.#model = { ...this.#model, nowMs: time.wallMs() };
    const lines = painted(frame(this.#model, words), paint);
    const text = changes(this.#shown, lines);
    this.#shown = lines;
    if (text !== '') screen.write(text);
  }

  #asked(askedSinceMs: number | null): void {
    const { link } = this.#model;
    // Whoever was lost is lost until he is heard.
    if (link.kind === 'lost' && askedSinceMs !== null) return;
    this.#model = { ...this.#model, link: { kind: 'heard', askedSinceMs } };
    if (link.kind === 'lost') this.#painter.ask();
  }

  #lost(error: unknown): void {
    const { link, nowMs } = this.#model;
    const sinceMs = link.kind === 'lost' ? link.sinceMs : (link.askedSinceMs ?? nowMs);
    this.#change({ link: { kind: 'lost', sinceMs, why: messageOf(error) } });
  }

  #told(answer: NonNullable<StoryAnswer>): void {
    const { page } = this.#model;
    if (page.kind !== 'story' || JSON.stringify(page.subject) !== JSON.stringify(answer.subject)) return;
    this.#change({ page: { ...page, answer } });
  }

  #pressed(key: Key): void {
    const { model, act } = press(this.#model, key, this.#ports.words);
    this.#change(model);
    if (act !== null) this.#perform(act);
  }

  #perform(act: Act): void {
    switch (act.kind) {
      case 'quit':
        return this.#end('quit');
      case 'interrupt':
        return this.#end('interrupted');
      case 'suspend':
        return this.#ports.screen.suspend();
      case 'redraw':
        return this.#redraw();
      case 'hear':
        return this.#follower.stale();
      case 'revoke':
        void this.#revoke(act);
    }
  }

  async #revoke({ lock, reason }: Extract<Act, { kind: 'revoke' }>): Promise<void> {
    const tell = (notice: Notice): void => this.#change({ notice });
    tell({ text: 'revoking ...', isTrouble: false });
    tell(await revoke(this.#ports, lock, reason));
    this.#follower.stale();
  }
}

type StoryAnswer = Extract<Model['page'], { kind: 'story' }>['answer'];

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
