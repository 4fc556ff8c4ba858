import { styleText } from 'node:util';
import type { StatusAnswer } from '../protocol/index.ts';
import { shownLock } from '../wording/index.ts';
import type { Actor } from './cast.ts';

/**
 * Shows the play. What happens to the cast is said in a line when it happens, and stays. In between, a terminal has the
 * agents below those lines, drawn in place; elsewhere a line now and then says how it goes.
 */
export class LiveView {
  readonly #out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  readonly #secondsSoFar: () => number;
  #drawn: readonly string[] = [];

  constructor(out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>, secondsSoFar: () => number) {
    this.#out = out;
    this.#secondsSoFar = secondsSoFar;
  }

  say(line: string): void {
    const drawn = this.#drawn;
    this.erase();
    this.#out.write(`${this.#time()}  ${line}\n`);
    this.#put(drawn);
  }

  draw(status: StatusAnswer, actors: readonly Actor[]): void {
    const progress = `${this.#time()}  ${progressOf(status, actors)}`;
    if (!this.#out.isTTY) {
      this.#out.write(`${progress}; ${holdersIn(status)}\n`);
      return;
    }
    this.erase();
    this.#put([progress, ...actors.map((actor) => agentLine(actor, status))]);
  }

  erase(): void {
    if (this.#drawn.length > 0) this.#out.write(`\u001b[${this.#drawn.length}A\u001b[J`);
    this.#drawn = [];
  }

  #put(lines: readonly string[]): void {
    if (lines.length > 0) this.#out.write(`${lines.join('\n')}\n`);
    this.#drawn = lines;
  }

  #time(): string {
    return `${this.#secondsSoFar().toFixed(1).padStart(5)} s`;
  }
}

function progressOf({ revision, waiters }: StatusAnswer, actors: readonly Actor[]): string {
  const edits = actors.reduce((sum, actor) => sum + editsOf(actor), 0);
  return `… ${edits} edits so far, revision ${revision}; ${waiters.length} wait`;
}

function holdersIn({ locks }: StatusAnswer): string {
  return locks.map((lock) => `${lock.agent} holds ${shownLock(lock)}`).join(', ') || 'nothing is held';
}

function editsOf(actor: Pick<Actor, 'reports'>): number {
  return actor.reports.filter(({ kind }) => kind === 'edited').length;
}

function agentLine(actor: Actor, status: StatusAnswer): string {
  const agent = status.agents.find((view) => view.agent === actor.name);
  const what =
    actor.end !== null
      ? 'gone'
      : agent === undefined
        ? ''
        : agent.presence === 'lost'
          ? 'lost'
          : agent.status;
  const where = agent?.held.join(', ') ?? '';
  return `${actor.name.padEnd(12)} ${actor.way.padEnd(6)} ${paint(what.padEnd(9), what)} ${String(editsOf(actor)).padStart(3)} edits  ${where}`;
}

function paint(text: string, status: string): string {
  if (process.env['NO_COLOR'] !== undefined) return text;
  const colour = ({ working: 'green', blocked: 'yellow', lost: 'red', gone: 'gray' } as const)[status];
  return colour === undefined ? text : styleText(colour, text);
}
