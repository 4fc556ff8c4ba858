import { partsOf } from '../../core/index.ts';
import { Visit, type Joined, type Seat } from '../../participant/desk/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { grantsText, waitsText } from '../lock-words.ts';
import { ended } from '../news.ts';
import { scopeHints } from '../informed-refusals.ts';
import { refusalAnswer } from '../refusals.ts';
import type { ToolArguments } from '../schemas.ts';
import { seatLines } from '../seat-words.ts';
import { noName, otherText, takenAnswer, unclearAnswer } from '../who.ts';
import type { ToolCall, Work } from './handler.ts';

/** Takes part under a name, or goes on under it. */
export async function join(
  work: Work,
  input: ToolArguments<'agent_join'>,
  call: ToolCall,
): Promise<ToolAnswer> {
  const task = input.task ?? null;
  const metadata = {
    ...(task === null ? {} : { task }),
    ...(call.program === null ? {} : { program: call.program }),
  };
  const joined = await work.desk.join(input.agent, { metadata, task, resumes: input.resume === true });
  switch (joined.kind) {
    case 'joined':
      return welcome(work, joined, input.resume === true && joined.how === 'new', call);
    case 'taken':
      return takenAnswer(work, joined.name, joined.other);
    case 'unclear':
      return unclearAnswer(work, joined.name, joined.seats);
    case 'refused':
      return refusalAnswer(joined.rejection);
    case 'noName':
      throw noName(joined);
  }
}

type Seated = Extract<Joined, { kind: 'joined' }>;

/** `inVain`: it wanted to go on as somebody, and is a new one. */
async function welcome(work: Work, joined: Seated, inVain: boolean, call: ToolCall): Promise<ToolAnswer> {
  const { seat } = joined;
  try {
    const visit = await Visit.begin(work.clock, seat.agent, call);
    // It has joined, whether or not there is an answer to this.
    const hints = await scopeHints(work.workspace.coordinator).catch(() => []);
    const answer = joinedAnswer(visit, joined, [
      ...(inVain ? [inVainText(joined)] : []),
      ...others(work, joined),
      ...hints,
    ]);
    return await ended(work, visit, answer);
  } finally {
    if (call.signal.aborted && seat.hearing === 'pending') seat.hearing = 'unheard';
    else if (!call.signal.aborted) seat.hearing = 'heard';
  }
}

const inVainText = ({ seat }: Seated): string =>
  `Nothing was resumed: there is no session of ${seat.asked} to go on with. You begin anew, and hold nothing.`;

type How = Seated['how'];

function joinedAnswer(visit: Visit, { how, seat, before }: Seated, more: readonly string[]): ToolAnswer {
  const { session, holdings, wait } = visit.agent;
  const { agent: name, epoch } = session;
  const { handle } = seat;
  const held = holdings.all;
  visit.tell(held);
  const lines = [
    `${howTexts[how](name)} (epoch ${epoch}).`,
    ...(before === null ? [] : [`Your handle is the same, but your name is another one: it was ${before}.`]),
    `You are ${name}. Pass agent: "${handle}" on each call.`,
    ...(held.length === 0 ? [] : [`You hold ${grantsText(held)}.`]),
    ...(held.length === 0 && how === 'resumed' ? ['You hold nothing now.'] : []),
    ...(wait === null ? [] : [waitsText(wait)]),
    ...more,
  ];
  const locks = held.map((lock) => ({ ...partsOf(lock), token: lock.token }));
  return told(lines.join('\n'), { agent: name, handle, epoch, held: locks, ticket: wait?.ticket ?? null });
}

const howTexts: { readonly [Kind in How]: (name: string) => string } = {
  new: (name) => `JOINED as ${name}`,
  resumed: (name) => `RESUMED as ${name}, where it left off`,
  known: (name) => `JOINED already as ${name}`,
};

/** Who else was meant by the name that was asked for: it may be whoever asks. */
function others(work: Work, { seat, how, other }: Seated): readonly string[] {
  if (how !== 'new') return [];
  const same = work.desk.seats.all.filter((one) => one !== seat && isCalled(one, seat.asked));
  const [first] = same;
  return [
    ...(first === undefined
      ? []
      : [
          `${seat.asked} was asked for through this client before. If you are that one and forgot it, pass its handle instead:`,
          ...seatLines(same, work.clock.nowMs()).slice(1),
        ]),
    ...(other === null ? [] : [otherText(work, other)]),
  ];
}

const isCalled = ({ asked, agent }: Seat, name: string): boolean =>
  asked === name || agent.session.agent === name;
