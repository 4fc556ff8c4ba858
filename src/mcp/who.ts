/** What is said to whoever calls under a name that does not say who it is. */
import type { AgentView } from '../protocol/index.ts';
import type { Found, NoName, Other, Seat } from '../participant/desk/index.ts';
import { invalidInput, type CoordinatorError } from '../protocol/index.ts';
import { refused, type ToolAnswer } from './answer.ts';
import type { Work } from './handlers/handler.ts';
import { seatLines } from './seat-words.ts';
import { shownTarget } from '../core/index.ts';
import { quoted, quotedText } from './text.ts';
import { duration, timeLeft } from '../wording/index.ts';

/** Somebody else has the name, and lives. */
export function takenAnswer(work: Work, name: string, other: Other | null): ToolAnswer {
  const story = other === null ? `${name} is kept by another live client of yours.` : otherText(work, other);
  const next = 'agent_join without resume: you are given a name like it that is free.';
  return refused('NAME_IN_USE', story, next, { agent: name });
}

/** Several joins asked for the name, or one that lives: nobody is taken for another. */
export function unclearAnswer({ clock }: Work, name: string, seats: readonly Seat[]): ToolAnswer {
  const who = seats.length > 1 ? 'more than one agent has' : 'an agent that takes part has';
  const story = [
    `${who} asked for the name ${name} through this client, so the name does not say which one you are.`,
    ...seatLines(seats, clock.nowMs()),
  ].join('\n');
  return refused('NAME_UNCLEAR', story, `pass your own handle; if you have none, agent_join.`, {
    agent: name,
  });
}

/** No name like the one that was asked for can be had. */
export function noName({ why }: NoName): CoordinatorError {
  const texts = {
    taken: 'all names like it are taken: choose another',
    tooLong: 'it is taken, and too long for a number after it: choose another',
  } as const;
  return invalidInput('agent', texts[why]);
}

/** Nobody has joined under it here. */
export function unknownAnswer(work: Work, { name, other }: Extract<Found, { kind: 'unknown' }>): ToolAnswer {
  const lines = seatLines(work.desk.seats.all, work.clock.nowMs());
  const story = [
    `no agent ${name} has joined through this client.`,
    ...(other === null ? [] : [otherText(work, other)]),
    ...lines,
  ].join('\n');
  const own = lines.length === 0 ? '' : 'if you are one of those, pass its handle; else ';
  const next = `${own}agent_join, and pass the handle that it answers.`;
  const isKept = other !== null && other.occupant !== null;
  return refused(isKept ? 'NAME_IN_USE' : 'NOT_JOINED', story, next, { agent: name });
}

/** Who has a name, since when and with what, and whether one may go on as it. */
export function otherText(work: Work, { view, occupant, isResumable }: Other): string {
  const name = view.agent;
  const about = aboutText(view, work.clock.nowMs());
  if (occupant !== null)
    return `${name} is another live client of yours (process ${occupant.pid}, for ${duration(work.wallMs() - occupant.sinceMs)}): ${about}.`;
  if (isResumable)
    return `${name} is present, and no client keeps it (its process has ended, or a shell acts as it): ${about}. If you are that one, agent_join with agent "${name}" and resume true goes on as it.`;
  return `${name} takes part already, and its session is not kept here: it joined from another account or machine, or its joining was cut short: ${about}.`;
}

function aboutText(view: AgentView, nowMs: number): string {
  const { program, task } = view.metadata;
  return [
    `joined ${duration(nowMs - view.joinedAtMs)} ago, seen ${duration(nowMs - view.seenAtMs)} ago`,
    `its session ends in ${timeLeft(view.sessionDeadlineMs - nowMs)} unless renewed`,
    ...(program === undefined ? [] : [`program ${quotedText(String(program))}`]),
    ...(task === undefined ? [] : [`task ${quotedText(String(task))}`]),
    ...(view.held.length === 0 ? [] : [`holds ${view.held.map(shownTarget).map(quoted).join(', ')}`]),
  ].join(', ');
}
