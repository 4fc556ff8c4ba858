import type { AgentView } from '../../protocol/index.ts';
import type { AgentId } from '../../core/index.ts';
import { waitsText, type Joined } from '../agent-desk.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { grantsText } from '../kept-agent.ts';
import { scopeHints } from '../informed-refusals.ts';
import type { Keeper } from '../ports.ts';
import { refusalAnswer } from '../refusals.ts';
import type { ToolArguments } from '../schemas.ts';
import { duration, quoted, quotedText } from '../text.ts';
import { Visit } from '../visit.ts';
import type { ToolCall, Work } from './handler.ts';

/** Takes part under a name, or goes on under it. */
export async function join(
  work: Work,
  input: ToolArguments<'agent_join'>,
  call: ToolCall,
): Promise<ToolAnswer> {
  const joined = await work.desk.join(input.agent, {
    ...(input.task === undefined ? {} : { task: input.task }),
    ...(call.program === null ? {} : { program: call.program }),
  });
  if (joined.kind !== 'joined') return refusedName(work, joined);
  const visit = await Visit.begin(work.clock, joined.agent, call);
  // It has joined, whether or not there is an answer to this.
  const hints = await scopeHints(work.workspace.coordinator).catch(() => []);
  const isTaskKept = input.task !== undefined && joined.how !== 'new';
  const more = [...(isTaskKept ? [taskKept] : []), ...hints];
  return visit.end(joinedAnswer(visit, joined.how, more));
}

type How = Extract<Joined, { kind: 'joined' }>['how'];

function joinedAnswer(visit: Visit, how: How, more: readonly string[]): ToolAnswer {
  const { session, holdings, wait } = visit.agent;
  const { agent: name, epoch } = session;
  const held = holdings.all;
  visit.tell(held);
  const lines = [
    `${howTexts[how](name)} (epoch ${epoch}).`,
    ...(held.length === 0 ? [] : [`You hold ${grantsText(held)}.`]),
    ...(held.length === 0 && how === 'resumed' ? ['You hold nothing now.'] : []),
    ...(wait === null ? [] : [waitsText(wait)]),
    ...(how === 'known'
      ? [`If you are not the one who joined before, take a name of your own, such as ${name}-2.`]
      : []),
    ...more,
  ];
  const locks = held.map(({ scope, token }) => ({ scope, token }));
  return told(lines.join('\n'), { agent: name, epoch, held: locks, ticket: wait?.ticket ?? null });
}

const taskKept = 'Your task was not changed: others see the one that was given when this name joined first.';

const howTexts: { readonly [Kind in How]: (name: string) => string } = {
  new: (name) => `JOINED as ${name}`,
  resumed: (name) => `RESUMED as ${name}, where it left off`,
  known: (name) => `${name} has JOINED already`,
};

/** The name cannot be used: who has it, since when, and which name is free. */
export async function refusedName(
  work: Work,
  refusal: Exclude<Joined, { kind: 'joined' }>,
): Promise<ToolAnswer> {
  const nowMs = work.clock.nowMs();
  if (refusal.kind === 'refused' && refusal.rejection.code !== 'AGENT_ALREADY_JOINED')
    return refusalAnswer(refusal.rejection);
  const { agents } = await work.workspace.coordinator.query({ kind: 'status', at: null });
  const known = agents.find((view) => view.agent === refusal.name);
  const by = refusal.kind === 'taken' ? refusal.by : null;
  const story = [
    by === null
      ? `${refusal.name} takes part already, and its session is not kept here: it joined from another account or machine, or its joining was cut short`
      : `${refusal.name} is another live client of yours (${keeperText(by, work.wallMs())})`,
    ...(known === undefined ? [] : [aboutText(known, nowMs)]),
  ].join('; ');
  const free = freeName(refusal.name, agents);
  return refused('NAME_IN_USE', `${story}.`, `agent_join under another name, for example ${free}.`, {
    agent: refusal.name,
    free,
  });
}

function keeperText({ pid, sinceMs }: Keeper, nowMs: number): string {
  return `process ${pid}, for ${duration(nowMs - sinceMs)}`;
}

function aboutText(view: AgentView, nowMs: number): string {
  const { program, task } = view.metadata;
  return [
    `joined ${duration(nowMs - view.joinedAtMs)} ago, seen ${duration(nowMs - view.seenAtMs)} ago`,
    `its session ends in ${duration(view.sessionDeadlineMs - nowMs)} unless renewed`,
    ...(program === undefined ? [] : [`program ${quotedText(String(program))}`]),
    ...(task === undefined ? [] : [`task ${quotedText(String(task))}`]),
    ...(view.held.length === 0 ? [] : [`holds ${view.held.map(quoted).join(', ')}`]),
  ].join(', ');
}

function freeName(name: AgentId, agents: readonly AgentView[]): string {
  const used = new Set<string>(agents.map((view) => view.agent));
  let number = 2;
  while (used.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
