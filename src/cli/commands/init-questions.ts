import type { Choices, Ends, Excess, LeftOut, Plan, Prepared } from '../../init/index.ts';
import type { Call } from '../call.ts';
import type { Answer } from '../process/ports.ts';
import {
  changesQuestion,
  cycleLines,
  excessText,
  linkText,
  planText,
  refreshText,
  restText,
  scopesText,
} from '../format/plan.ts';
import { safe } from '../format/text.ts';
import { count } from '../../wording/index.ts';

/** More cycles than this are left to the rule: nobody answers so many questions with care. */
const cyclesAskedMax = 20;
/** Of a longer cycle the first steps can be chosen. */
const stepsAskedMax = 12;

/** Where nobody says how many agents work at the same time. */
export const agentsUnlessSaid = 8;
/** The same where clients lock for their agents: one more is refused each file that it wants to edit, and was not asked. */
export const agentsWithHooks = 32;

export interface Given {
  readonly choices: Choices;
  /** How many agents there are was said with the command. */
  readonly isAgentsSaid: boolean;
}

/**
 * Shows what there is, asks about size, cycles and agents, shows what has come of it, and asks whether to write. Null: no. Nothing is
 * asked before it has been shown what the question is about.
 */
export async function askAboutPlan(call: Call, prepared: Prepared, given: Given): Promise<Plan | null> {
  const first = prepared.plan(given.choices);
  call.print(`${scopesText(call.style, first)}\n`);
  const sized = await askAboutSize(call, prepared, given.choices);
  const untangled = sized === null ? null : await askAboutCycles(call, prepared, sized);
  const choices = untangled && (await askAboutAgents(call, prepared, { ...given, choices: untangled }));
  if (choices === null) return null;
  const plan = prepared.plan(choices);
  const isOther = plan.scopes.length !== first.scopes.length;
  return confirmPlan(call, plan, isOther ? planText : restText);
}

/** Only where the answer is written down. */
async function askAboutAgents(
  call: Call,
  prepared: Prepared,
  { choices, isAgentsSaid }: Given,
): Promise<Choices | null> {
  if (isAgentsSaid || !prepared.plan(choices).isBlockNew) return choices;
  const counts = [...new Set([choices.agents, 3, agentsUnlessSaid, 16, 32])].map(String);
  const options = counts.map((value, index) => ({
    value,
    label: index === 0 ? `${value}, if nothing else is known` : value,
  }));
  const message =
    'How many agents work here at the same time, at most? One more waits until another has ended.';
  const answer = await call.ports.questions.select(message, options);
  return answer === null ? null : { ...choices, agents: Number(answer) };
}

/** As {@link askAboutPlan}, where the cycles are left to the rule: those that were asked about are remembered. */
export async function askAboutRefresh(call: Call, prepared: Prepared, given: Choices): Promise<Plan | null> {
  const choices = await askAboutSize(call, prepared, given);
  return choices === null ? null : confirmPlan(call, prepared.plan(choices), refreshText);
}

/** Shows a plan and asks whether to write it. Null: no. */
async function confirmPlan(call: Call, plan: Plan, text: typeof planText): Promise<Plan | null> {
  call.print(text(call.style, plan));
  const answer = await call.ports.questions.confirm(changesQuestion(plan));
  return answer === true ? plan : null;
}

async function askAboutSize(call: Call, prepared: Prepared, given: Choices): Promise<Choices | null> {
  const plan = prepared.plan({ ...given, raise: false });
  const [excess] = plan.excesses;
  if (excess === undefined || plan.mode === 'block') return given;
  call.print(excessText(excess));
  const answer = await call.ports.questions.select(
    'What shall be done?',
    sizeAnswers(prepared, given, plan, excess),
  );
  if (answer === null) return null;
  if (answer === 'raise') return { ...given, raise: true };
  return answer === 'keep'
    ? { ...given, raise: false }
    : askAboutSize(call, prepared, { ...given, depth: Number(answer) });
}

/** Bounds that are hard cannot be raised. */
function sizeAnswers(prepared: Prepared, given: Choices, plan: Plan, { limit }: Excess): Answer<string>[] {
  const raise = { value: 'raise', label: `raise ${limit} in the configuration` };
  const keep = {
    value: 'keep',
    label: 'leave it as it is; the coordinator refuses the graph until one is changed',
  };
  const merges = shallowerDepths(plan).map((depth) => {
    const merged = prepared.plan({ ...given, depth, raise: false });
    const scopes = count(merged.scopes.length, 'scope');
    const fits = merged.excesses.length === 0 ? ', fits' : '';
    return {
      value: String(depth),
      label: `merge what lies deeper than ${count(depth, 'folder')} (${scopes}${fits})`,
    };
  });
  return [...(limit === 'scopes' ? [] : [raise]), ...merges, keep];
}

function shallowerDepths(plan: Plan): number[] {
  const deepest = plan.scopes.reduce((most, { path }) => Math.max(most, path.split('/').length), 1);
  return [deepest - 1, deepest - 2, deepest - 3].filter((depth) => depth >= 1);
}

/** One cycle after the other, since each answer may change which others there are. */
async function askAboutCycles(call: Call, prepared: Prepared, given: Choices): Promise<Choices | null> {
  let choices = given;
  const asked = new Set<string>();
  for (;;) {
    const cycles = prepared.plan(choices).leftOut.filter((one) => !asked.has(keyOf(one.link)));
    const [next] = cycles;
    if (next === undefined || asked.size >= cyclesAskedMax) return choices;
    const chosen = await askAboutCycle(call, next);
    if (chosen === null) return null;
    asked.add(keyOf(chosen));
    choices = { ...choices, leaveOut: [...choices.leaveOut, chosen] };
  }
}

async function askAboutCycle(call: Call, leftOut: LeftOut): Promise<Ends | null> {
  call.print(cycleLines(call.style, leftOut).join('\n'));
  const options = leftOut.cycle.slice(0, stepsAskedMax).map((link, index) => ({
    value: String(index),
    label: `${safe(linkText(link))}${index === 0 ? ', the weakest' : ''}`,
  }));
  const message =
    'Which dependency shall be left out? A scope that lacks one is not synced again when the other changes.';
  const answer = await call.ports.questions.select(message, options);
  return answer === null ? null : (leftOut.cycle[Number(answer)] ?? leftOut.link);
}

function keyOf({ from, to }: Ends): string {
  return `${from}\n${to}`;
}
