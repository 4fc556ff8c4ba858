import type { Event } from '../../core/index.ts';
import { holdFaults, replayFaults } from '../verdict.ts';
import type { ClientPlot, Ended } from './play.ts';

/** The refusals of a write under a token that is no longer the lock's. */
const staleCodes = /STALE_FENCING_TOKEN|LOCK_NOT_HELD/;

/** Why a run is not what was promised; empty when all is well. Judged by the log and by what the models were told. */
export function clientFaults(plot: ClientPlot): string[] {
  return [...replayFaults(plot.entries), ...holdFaults(plot.entries), ...plotFaults(plot)];
}

/** What the play provoked and has not happened as it should. */
export function plotFaults(plot: ClientPlot): string[] {
  const { entries, lostToken, killed, waiter, returned } = plot;
  const events = entries.flatMap((entry) => entry.events);
  const expectations: readonly (readonly [isTrue: boolean, fault: string])[] = [
    [killed.signal === 'SIGKILL', 'the first holder was not killed'],
    [
      endOf(events, lostToken) === 'ended by itself',
      `the lock ${lostToken} of the dead client did not end by itself`,
    ],
    [wasServedInLine(events, waiter.name), `${waiter.name} was not served in its turn in the queue`],
    [wasServedInLine(events, returned.name), `${returned.name} was not served in its turn in the queue`],
    [
      returned.heard.some(({ tool, text }) => tool === 'context_record' && staleCodes.test(text)),
      `${returned.name} wrote under a stale token and was not refused`,
    ],
    [!events.some((event) => event.kind === 'context.modified'), 'a write under a stale token is in the log'],
    [waiter.heard.some(({ text }) => text.includes('WAITING')), `${waiter.name} was never told to ask again`],
    ...[waiter, returned].map(endedWell),
  ];
  return expectations.filter(([isTrue]) => !isTrue).map(([, fault]) => fault);
}

function endedWell({ name, end, said, heard }: Ended): readonly [boolean, string] {
  const answers = heard.map(({ tool, text }) => `${tool}: ${text}`).join('\n');
  return [end.code === 0, `${name} ended with ${end.code ?? end.signal}: ${said}\n${answers}`];
}

function endOf(events: readonly Event[], token: number): 'ended by itself' | 'given back' | 'still held' {
  for (const event of events) {
    if (event.kind === 'lock.expired' && event.token === token) return 'ended by itself';
    if (event.kind === 'lock.released' && event.token === token)
      return event.cause === 'lost' ? 'ended by itself' : 'given back';
  }
  return 'still held';
}

/** By one ticket, kept through all its calls. */
function wasServedInLine(events: readonly Event[], agent: string): boolean {
  const tickets = events.filter((event) => event.kind === 'ticket.issued' && event.agent === agent).length;
  return (
    tickets === 1 &&
    events.some((event) => event.kind === 'lock.granted' && event.agent === agent && event.ticket !== null)
  );
}
