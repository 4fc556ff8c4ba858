/** What a scene has to come to, judged by the repository, its log and what the model was sent; never by a client's own word. */
import type { Entry, Event } from '../../../core/index.ts';
import type { End } from '../../cast.ts';
import type { Answer } from './workshop.ts';

type Expectation = readonly [isTrue: boolean, fault: string];

const faultsOf = (expectations: readonly Expectation[]): string[] =>
  expectations.filter(([isTrue]) => !isTrue).map(([, fault]) => fault);

/** Somebody was to be kept from writing what another agent holds. */
export interface Refusal {
  readonly file: string;
  readonly holder: string;
  readonly before: string;
  readonly after: string;
  /** What its model was sent. */
  readonly told: string;
}

export function refusalFaults({ file, holder, before, after, told }: Refusal): string[] {
  return faultsOf([
    [after === before, `${file} was written though ${holder} has it`],
    [
      told.includes(`${file} is held by ${holder}`),
      `the model was not told that ${holder} has ${file}: ${told}`,
    ],
    [/^ *for: \S/m.test(told), `the model was not told what for: ${told}`],
    [waitingLine(told) !== null, `the model was not told what to do: ${told}`],
  ]);
}

/** The command by which a refusal says that one can wait. */
export const waitingLine = (told: string): string | null =>
  /^ *try: (.* lock acquire .* --wait)$/m.exec(told)?.[1] ?? null;

/** An agent that was refused has waited, edited and committed. */
export interface Turn {
  readonly file: string;
  readonly agent: string;
  /** Of the log, since it was refused. */
  readonly entries: readonly Entry[];
  /** What its model was sent when it was its turn. */
  readonly told: string;
  readonly wanted: string;
  /** The file as it was committed last. */
  readonly committed: string;
  /** What the trailers of that commit say; null where Git runs no hook that could add them. */
  readonly trailers: string | null;
}

export function turnFaults({ file, agent, entries, told, wanted, committed, trailers }: Turn): string[] {
  // The token of a lock is the number of the entry that grants it.
  const token = entries.find(({ events }) => wasServed(events, agent, file))?.revision;
  return faultsOf([
    [token !== undefined, `${agent} did not come to ${file} by its place in the queue`],
    [told.includes(file), `the model was not told that it is its turn: ${told}`],
    [committed.includes(wanted), `the commit has not what ${agent} wanted, but: ${committed}`],
    ...(trailers === null ? [] : trailerExpectations(trailers, agent, token)),
  ]);
}

const trailerExpectations = (trailers: string, agent: string, token: number | undefined): Expectation[] => [
  [trailers.includes(`Rhema-Agent: ${agent}`), `the commit does not say that it is of ${agent}: ${trailers}`],
  [
    token !== undefined && trailers.includes(`Rhema-Token: ${token}`),
    `the commit does not have the token of that grant, ${token}: ${trailers}`,
  ],
];

/** An agent has written twice what somebody else had changed since it read it; before the second time it read it again. */
export interface StaleRead {
  readonly file: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
  readonly wanted: string;
  readonly told: string;
}

export function staleFaults({ file, before, between, after, wanted, told }: StaleRead): string[] {
  return faultsOf([
    [between === before, `${file} was written by who had read what it was before`],
    [/changed since you read it/.test(told), `the model was not told that ${file} has changed: ${told}`],
    [/^ *BEFORE you: \S/m.test(told), `the model was not told who changed ${file}: ${told}`],
    [after.includes(wanted), `${file} was read again, and still could not be written`],
  ]);
}

/** A client was killed while its agent held something that another one waited for. */
export interface Death {
  readonly file: string;
  readonly dead: string;
  readonly heir: string;
  readonly end: End;
  readonly events: readonly Event[];
  readonly after: string;
  readonly wanted: string;
}

export function deathFaults({ file, dead, heir, end, events, after, wanted }: Death): string[] {
  const lost = events.findIndex((event) => event.kind === 'agent.lost' && event.agent === dead);
  return faultsOf([
    [end.signal === 'SIGKILL', `the client of ${dead} was not killed`],
    [lost !== -1, `the session of ${dead} did not end by itself`],
    [wasServed(events.slice(lost + 1), heir, file), `${heir} was not given ${file} when ${dead} was lost`],
    [after.includes(wanted), `${heir} could not write ${file}`],
  ]);
}

/** The coordinator was killed, and then somebody edited what another agent holds. */
export interface Restart {
  readonly killed: number;
  readonly next: number;
  readonly refusal: Refusal;
}

export function restartFaults({ killed, next, refusal }: Restart): string[] {
  return [...faultsOf([[next !== killed, 'the coordinator was not killed']]), ...refusalFaults(refusal)];
}

/** A commit of what another agent holds was made without asking, and pushed. */
export interface Push {
  readonly file: string;
  readonly holder: string;
  readonly told: string;
  readonly subject: string;
  readonly pushedBefore: string;
  readonly pushedAfter: string;
}

export function pushFaults({ file, holder, told, subject, pushedBefore, pushedAfter }: Push): string[] {
  return faultsOf([
    [subject === unaskedSubject, `the commit without asking is not there, but: ${subject}`],
    [pushedAfter === pushedBefore, 'the commit without asking was pushed'],
    [told.includes('WRITE_REFUSED') && told.includes(file), `the push was not refused for ${file}: ${told}`],
    [told.includes(`while ${holder} had it locked`), `nobody was told that ${holder} has ${file}: ${told}`],
  ]);
}

/** The first line of the commit that is made without asking. */
export const unaskedSubject = 'publish it';

/** Somebody has taken a hook out of a client's file, and later put it back. */
export interface Checkup {
  readonly title: string;
  readonly hook: string;
  readonly without: Answer;
  readonly with: Answer;
}

export function checkupFaults({ title, hook, without, with: mended }: Checkup): string[] {
  const row = (text: string): string =>
    text.split('\n').find((one) => one.includes(`hooks of ${title}`)) ?? '';
  return faultsOf([
    [
      without.code !== 0 && !row(without.text).startsWith('ok'),
      `rhema doctor finds nothing wrong (${without.code}) where a hook was taken out: ${row(without.text)}`,
    ],
    [row(without.text).includes(hook), `rhema doctor does not say which: ${row(without.text)}`],
    [
      mended.code === 0 && row(mended.text).startsWith('ok'),
      `rhema doctor is not content (${mended.code}) where it was put back: ${row(mended.text)}`,
    ],
  ]);
}

/** Whether it was granted a file from the queue. */
const wasServed = (events: readonly Event[], agent: string, file: string): boolean =>
  events.some(
    (event) =>
      event.kind === 'lock.granted' && event.agent === agent && event.file === file && event.ticket !== null,
  );
