import { CoordinatorError, invalidInput, type Coordinator } from '../protocol/index.ts';
import { AgentDesk } from './agent-desk.ts';
import { refused, type ToolAnswer } from './answer.ts';
import { acquire } from './handlers/acquire.ts';
import { check } from './handlers/check.ts';
import { recordContext } from './handlers/context.ts';
import type { AgentHandler, ToolCall, Work } from './handlers/handler.ts';
import { join, refusedName } from './handlers/join.ts';
import { release } from './handlers/release.ts';
import { report } from './handlers/report.ts';
import { status } from './handlers/status.ts';
import { sync } from './handlers/sync.ts';
import type { KeptAgent } from './kept-agent.ts';
import type { McpPorts } from './ports.ts';
import { failureAnswer } from './refusals.ts';
import { entriesFrom, entriesMax, lastEntries, scopesText, statusText } from './views.ts';
import { toolSchemas, type ToolArguments, type ToolName } from './schemas.ts';
import { Speaker } from './speaker.ts';

export interface FaceOptions {
  /** How long `lock_acquire` waits when the call does not say, in milliseconds. */
  readonly waitMs: number;
  /** How long a grant that came between two calls is kept for its agent, in milliseconds. */
  readonly collectMs: number;
}

export type Resource =
  | { readonly kind: 'status' }
  | { readonly kind: 'scopes' }
  /** The log from a revision on, or its last entries when none is given. */
  | { readonly kind: 'log'; readonly from: number | null };

type AgentTool = Exclude<ToolName, 'agent_join' | 'coordination_status'>;

/** The tools of those who take part. */
const agentHandlers: { readonly [Name in AgentTool]: AgentHandler<Name> } = {
  agent_report: report,
  lock_acquire: acquire,
  lock_release: release,
  lock_check: check,
  context_record: recordContext,
  sync_scope: sync,
};

/** The tools and resources themselves, whatever protocol they are reached by. One for the life of a process. */
export class Face {
  readonly #ports: McpPorts;
  readonly #options: FaceOptions;
  #work: Promise<Work> | null = null;

  constructor(ports: McpPorts, options: FaceOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Carries out a tool call. What goes wrong is an answer, too: the model has to read it. */
  async call<Name extends ToolName>(tool: Name, args: unknown, call: ToolCall): Promise<ToolAnswer> {
    try {
      return await this.#perform(tool, parseArguments(tool, args), call);
    } catch (error) {
      if (error instanceof CoordinatorError) return failureAnswer(error);
      this.#ports.report({ tool, error: stackOf(error) }, 'a tool call failed');
      return refused('INTERNAL', 'a bug in this server; its log on standard error has more.', null);
    }
  }

  /** The text of a resource. Throws {@link CoordinatorError}. */
  async read(resource: Resource): Promise<string> {
    const { workspace, clock } = await this.#open();
    const { coordinator } = workspace;
    switch (resource.kind) {
      case 'status':
        return statusText(await coordinator.query({ kind: 'status', at: null }), clock.nowMs());
      case 'scopes':
        return scopesText(await coordinator.query({ kind: 'scopes' }));
      case 'log':
        return readLog(coordinator, resource.from);
    }
  }

  /** Renews nobody any more: what its agents hold ends by itself. */
  stop(): void {
    this.#work?.then(({ desk }) => desk.stop()).catch(() => undefined);
  }

  async #perform<Name extends ToolName>(
    tool: Name,
    input: ToolArguments<ToolName>,
    call: ToolCall,
  ): Promise<ToolAnswer> {
    const work = await this.#open();
    if (tool === 'agent_join') return join(work, input as ToolArguments<'agent_join'>, call);
    if (tool === 'coordination_status') return this.#status(work, input, call);
    return asAgent(work, tool as AgentTool, input as ToolArguments<AgentTool>, call);
  }

  async #status(
    work: Work,
    input: ToolArguments<'coordination_status'>,
    call: ToolCall,
  ): Promise<ToolAnswer> {
    const answer = await status(work, input);
    if (input.agent === undefined) return answer;
    const found = await work.desk.find(input.agent);
    if (found.kind !== 'kept') return refusedName(work, found);
    await lookForLost(found.agent);
    return withNotices(answer, found.agent, call);
  }

  /** Opened at the first call: a client starts this server long before it needs it. After a failure it is tried anew. */
  #open(): Promise<Work> {
    this.#work ??= this.#openWork().catch((error: unknown) => {
      this.#work = null;
      throw error;
    });
    return this.#work;
  }

  async #openWork(): Promise<Work> {
    const { clock } = this.#ports;
    const { waitMs, collectMs } = this.#options;
    const workspace = await this.#ports.open();
    const speaker = new Speaker(workspace.coordinator, this.#ports);
    const desk = new AgentDesk(workspace, speaker, this.#ports, collectMs);
    return { workspace, desk, speaker, clock, waitMs };
  }
}

function readLog(coordinator: Coordinator, from: number | null): Promise<string> {
  if (from === null) return lastEntries(coordinator, entriesMax);
  if (Number.isSafeInteger(from) && from > 0) return entriesFrom(coordinator, from);
  throw invalidInput('from', 'write a revision, a whole number from 1');
}

async function asAgent<Name extends AgentTool>(
  work: Work,
  tool: Name,
  input: ToolArguments<Name>,
  call: ToolCall,
): Promise<ToolAnswer> {
  const found = await work.desk.find((input as { readonly agent: string }).agent);
  if (found.kind !== 'kept') return refusedName(work, found);
  await lookForLost(found.agent);
  const handler: AgentHandler<Name> = agentHandlers[tool];
  return withNotices(await handler(work, found.agent, input, call), found.agent, call);
}

/** A coordinator that is away for a moment must not keep the call from its own attempts; heartbeats look again. */
function lookForLost(agent: KeptAgent): Promise<void> {
  return agent.lookForLost().catch(() => undefined);
}

/**
 * What happened since the agent's last call stands first, since it may change what the rest is worth; but the code of a
 * refusal is what everybody looks for at the beginning.
 */
async function withNotices(answer: ToolAnswer, agent: KeptAgent, call: ToolCall): Promise<ToolAnswer> {
  // Nobody hears the answer: what there is to tell is told with the next one.
  if (call.signal.aborted) return answer;
  const notices = await agent.takeNotices(() => !call.signal.aborted);
  const parts = answer.isError ? [answer.text, ...notices] : [...notices, answer.text];
  return { ...answer, text: parts.join('\n') };
}

function parseArguments<Name extends ToolName>(tool: Name, args: unknown): ToolArguments<ToolName> {
  const schema = toolSchemas[tool]();
  const parsed = schema.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const known =
    issue?.code === 'unrecognized_keys' ? `: ${tool} takes ${Object.keys(schema.shape).join(', ')}` : '';
  throw invalidInput(pathText(issue?.path ?? []), `${issue?.message ?? 'malformed'}${known}`);
}

/** `scopes[0]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
