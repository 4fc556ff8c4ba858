import type { End } from '../../cast.ts';
import { ClientProcess } from '../client-process.ts';
import type { ModelServer } from '../model-server.ts';
import { act } from '../script.ts';
import type { HookedClient } from './hooked-clients.ts';
import { LedModel } from './led-model.ts';
import type { Workshop } from './workshop.ts';

/** A client and where its program is. */
export interface HookedPlayer {
  readonly client: HookedClient;
  readonly program: string;
}

/** A client under way whose model is led, step by step. What is asked of it fails when the client has ended. */
export class HookedAgent {
  readonly client: HookedClient;
  readonly ended: Promise<End>;
  readonly #process: ClientProcess;
  readonly #model = new LedModel();
  readonly #workshop: Workshop;

  constructor(part: string, { client, program }: HookedPlayer, models: ModelServer, workshop: Workshop) {
    const home = workshop.home(part);
    const { worktree, path } = workshop;
    const run = client.prepare({ home, worktree, modelUrl: models.play(part, this.#model.script) });
    this.client = client;
    this.#workshop = workshop;
    this.#process = new ClientProcess(client.title, program, run, { folder: worktree, home, path });
    this.ended = this.#process.ended;
  }

  get title(): string {
    return `${this.client.title} ${this.client.package.version}`;
  }

  reads(file: string): Promise<string> {
    return this.#living(this.#model.does(act({ kind: 'read', file: this.#workshop.pathOf(file) })));
  }

  /** Puts a line in the place of another one; answers what the client says came of it. */
  edits(file: string, from: string, to: string): Promise<string> {
    return this.#living(this.#model.does(act({ kind: 'edit', file: this.#workshop.pathOf(file), from, to })));
  }

  /** The same, without waiting for what comes of it. */
  beginsToEdit(file: string, from: string, to: string): Promise<void> {
    return this.#living(
      this.#model.begins(act({ kind: 'edit', file: this.#workshop.pathOf(file), from, to })),
    );
  }

  runs(command: string): Promise<string> {
    return this.#living(this.#model.does(act({ kind: 'shell', command })));
  }

  /** Its turn is over. */
  stops(): Promise<void> {
    return this.#living(this.#model.stops());
  }

  /** Its client starts a turn of its own; answers with which words. */
  wakes(): Promise<string> {
    return this.#living(this.#model.wakes());
  }

  kill(): void {
    this.#process.kill();
  }

  async #living<T>(step: Promise<T>): Promise<T> {
    const died = this.ended.then(({ code, signal }) => {
      throw new Error(`${this.title} ended too early, with ${code ?? signal}: ${this.#process.said}`);
    });
    return Promise.race([step, died]);
  }
}
