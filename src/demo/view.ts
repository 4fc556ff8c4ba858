import { styleText } from 'node:util';
import type { StatusAnswer } from '../protocol/index.ts';
import type { Actor } from './cast.ts';

/** Draws the play on a terminal, in place; elsewhere it says a line now and then. */
export class LiveView {
  readonly #out: NodeJS.WriteStream;
  #drawnLines = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  draw(status: StatusAnswer, actors: readonly Actor[]): void {
    if (!this.#out.isTTY) {
      const holders = status.locks.map((lock) => `${lock.agent}:${lock.scope}`).join(' ');
      this.#out.write(`revision ${status.revision}  waiting ${status.waiters.length}  holding ${holders}\n`);
      return;
    }
    const lines = actors.map((actor) => agentLine(actor, status));
    lines.unshift(`revision ${status.revision}, ${status.waiters.length} waiting`);
    this.erase();
    this.#out.write(`${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
  }

  erase(): void {
    if (this.#drawnLines > 0) this.#out.write(`\u001b[${this.#drawnLines}A\u001b[J`);
    this.#drawnLines = 0;
  }
}

function agentLine(actor: Actor, status: StatusAnswer): string {
  const agent = status.agents.find((view) => view.agent === actor.name);
  const edits = actor.reports.filter((report) => report.kind === 'edited').length;
  const what =
    actor.end !== null
      ? 'gone'
      : agent === undefined
        ? ''
        : agent.presence === 'lost'
          ? 'lost'
          : agent.status;
  const where = agent?.held.join(', ') ?? '';
  return `${actor.name.padEnd(12)} ${actor.way.padEnd(6)} ${paint(what.padEnd(9), what)} ${String(edits).padStart(3)} edits  ${where}`;
}

function paint(text: string, status: string): string {
  if (process.env['NO_COLOR'] !== undefined) return text;
  const colour = ({ working: 'green', blocked: 'yellow', lost: 'red', gone: 'gray' } as const)[status];
  return colour === undefined ? text : styleText(colour, text);
}
