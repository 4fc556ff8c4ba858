import {
  layouts,
  stages,
  type Choices,
  type Layout,
  type Plan,
  type Prepared,
  type Stage,
} from '../../init/index.ts';
import type { Call } from '../call.ts';
import { unconfirmed } from './unwritten.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import { planText, writtenText } from '../format/plan.ts';
import type { Style } from '../format/style.ts';
import { shownPatch } from '../format/text.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { reportText, tellCoordinator } from './coordinator-refresh.ts';
import { shortFit, shortFitText } from './fit-short.ts';
import { agentsUnlessSaid, agentsWithHooks, askAboutPlan } from './init-questions.ts';
import { planClients, type ClientPlan } from './hooks/plan-clients.ts';
import { tightHere } from './hooks/tight-limits.ts';
import { whileTelling } from '../process/live-line.ts';
import { blocked, isBlocked, isInteractive, patchOutcome, planData, writeFiles } from './scope-plan.ts';

export interface InitInput {
  readonly stage: string;
  readonly depth?: string;
  readonly layout?: string;
  readonly agents?: string;
  readonly derive?: boolean;
  readonly client?: readonly string[];
  readonly agentsMd?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Describes the parts of a repository as scopes, and adds the block that switches coordination on. */
export async function init(call: Call, input: InitInput): Promise<Outcome> {
  if (input.dryRun === true && input.yes === true) throw usageError('--dry-run or --yes, not both');
  const [stage, choices] = [stageOf(input.stage), choicesOf(input)];
  const repository = await call.repository();
  const { env } = call.ports;
  const request = { repository, env, stage, derive: input.derive === true, layout: layoutOf(input.layout) };
  const prepared = await whileTelling(call, 'looking at what is here', async () =>
    withClients(
      await call.world.scopeFiles.prepareInit(request),
      await planClients(call, { clients: input.client ?? [], agentsMd: input.agentsMd === true }),
    ),
  );
  const plan = prepared.plan(choices);
  if (isBlocked(plan)) return blocked(call, plan);
  if (plan.changes.length === 0) return nothingToDo(plan);
  if (input.dryRun === true) return preview(call, prepared, plan);
  if (input.yes === true) return write(call, prepared, plan);
  return isInteractive(call) ? ask(call, prepared, choices, input) : propose(call, prepared, plan);
}

interface Work extends Prepared {
  /** What else is written at once. */
  readonly clients: ClientPlan;
}

function withClients(prepared: Prepared, clients: ClientPlan): Work {
  const plan = (choices: Choices): Plan => {
    const scopes = prepared.plan(choices);
    return { ...scopes, changes: [...scopes.changes, ...clients.changes] };
  };
  return { ...prepared, plan, clients };
}

export function stageOf(text: string): Stage {
  const stage = stages.find((one) => one === text);
  if (stage === undefined)
    throw invalidInput(`there is no stage ${JSON.stringify(text)}: ${stages.join(', ')}`);
  return stage;
}

function layoutOf(text: string | undefined): Layout | null {
  const layout = layouts.find((one) => one === text);
  if (text !== undefined && layout === undefined)
    throw invalidInput(`there is no layout ${JSON.stringify(text)}: ${layouts.join(', ')}`);
  return layout ?? null;
}

function choicesOf({ depth, agents, client = [] }: InitInput): Choices {
  const hooks = client.length > 0;
  return {
    depth: numberOf('--depth', depth),
    leaveOut: [],
    raise: true,
    agents: numberOf('--agents', agents) ?? (hooks ? agentsWithHooks : agentsUnlessSaid),
    hooks,
  };
}

export function numberOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw invalidInput(`${option}: ${JSON.stringify(text)} is no number from 1 to 999`);
  return Number(text);
}

function nothingToDo(plan: Plan): Outcome {
  return done(null, { ...planData(plan), written: false }, (style) => planText(style, plan));
}

async function write(call: Call, prepared: Work, plan: Plan): Promise<Outcome> {
  const intro = (style: Style): string => `${planText(style, plan)}\n\n`;
  return writeAndTell(call, prepared, plan, intro);
}

/** What people look at first stands beside the diff, which can be piped to Git as it is. */
async function preview(call: Call, prepared: Prepared, plan: Plan): Promise<Outcome> {
  return patchOutcome(call, prepared, plan, planText(call.errorStyle, plan));
}

async function ask(call: Call, prepared: Work, choices: Choices, { agents }: InitInput): Promise<Outcome> {
  if (prepared.clients.patch !== '') call.print(shownPatch(prepared.clients.patch));
  const plan = await askAboutPlan(call, prepared, { choices, isAgentsSaid: agents !== undefined });
  if (plan === null) return done(null, { written: false }, () => 'nothing was written');
  return writeAndTell(call, prepared, plan, () => '');
}

async function writeAndTell(
  call: Call,
  prepared: Work,
  plan: Plan,
  intro: (style: Style) => string,
): Promise<Outcome> {
  await whileTelling(call, 'writing the scope files', () => writeFiles(call, prepared.root, plan.changes));
  const coordinator = await tellCoordinator(call);
  const tight = prepared.clients.isAny ? await tightHere(call) : [];
  const fit = await whileTelling(call, 'replaying the history', () => shortFit(call));
  return done(null, { ...planData(plan), written: true, coordinator, fit }, (style) =>
    [
      intro(style) + writtenText(plan),
      ...prepared.clients.told,
      ...tight,
      reportText(style, coordinator),
      shortFitText(fit),
    ]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

/** Nobody can be asked: says what would be done, and how to have it done. */
function propose(call: Call, { clients }: Work, plan: Plan): Outcome {
  call.show(planText(call.style, plan));
  if (clients.patch !== '') call.show(`\n${shownPatch(clients.patch)}`);
  return unconfirmed('nothing was written: --yes writes it, --dry-run shows each file', planData(plan));
}
