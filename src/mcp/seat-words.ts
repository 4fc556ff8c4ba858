/** What is shown of those who take part through this client, so that each finds itself again. */
import { shownNames, type AgentId } from '../core/index.ts';
import type { DeskAgent, Seat, Seats } from '../participant/desk/index.ts';
import { duration, shownLock, someNames } from '../wording/index.ts';
import { bounded, fitting, quoted, quotedText } from './text.ts';

/** What an answer shows of them. */
const seatsMax = 40;
const charactersMax = 5_500;
const heldMax = 10;

/** Lines that only the agents of this client are shown, so that each finds itself again. */
export function seatLines(seats: readonly Seat[], nowMs: number): readonly string[] {
  if (seats.length === 0) return [];
  // Whoever has something to lose finds itself also among many.
  const busy = seats.filter(isBusy);
  const lines = [...busy, ...seats.filter((seat) => !isBusy(seat))].map((seat) => seatText(seat, nowMs));
  const shown = fitting(lines, seatsMax, charactersMax, 'none of them holds or waits');
  return ['Through this client:', ...shown.map((line) => `- ${line}`)];
}

const isBusy = ({ agent }: Seat): boolean => !agent.holdings.isEmpty || agent.wait !== null;

function seatText({ handle, task, sinceMs, agent }: Seat, nowMs: number): string {
  const held = agent.holdings.all.map((lock) => `${quoted(shownLock(lock))} (token ${lock.token})`);
  const facts = [
    `handle "${handle}"`,
    ...(task === null ? [] : [`task ${quotedText(task)}`]),
    agent.gone === null
      ? `holds ${held.length === 0 ? 'nothing' : bounded(held, heldMax, 'coordination_status').join(', ')}`
      : agent.gone.code === 'SESSION_MISMATCH'
        ? 'another process goes on as it'
        : 'it is lost',
    ...(agent.wait === null ? [] : [`waits for ${someNames(shownNames(agent.wait.wish).map(quoted))}`]),
    `joined ${duration(nowMs - sinceMs)} ago`,
  ];
  return `${agent.session.agent} (${facts.join('; ')})`;
}

/** Of those in the way, the ones that this very client speaks for: whoever asks may be one of them. */
export function ownInTheWay(seats: Seats, self: DeskAgent, ids: readonly AgentId[]): readonly string[] {
  return seats
    .othersAmong(ids, self)
    .map(
      ({ agent, handle }) =>
        `${agent.session.agent} speaks through this very client, under the handle "${handle}". Is that you? Then pass that handle, and only then.`,
    );
}
