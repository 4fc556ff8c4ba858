import { AgentDesk, Visit, type DeskAgent, type Found, type Trouble } from '../participant/desk/index.ts';
import { Speaker, inTime, lookPatienceMs } from '../participant/index.ts';
import {
  CoordinatorError,
  invalidInput,
  issueText,
  loadRequestParsers,
  pathText,
  valueAt,
  type CommandRequest,
  type Coordinator,
  type Issue,
} from '../protocol/index.ts';
import { stackOf } from '../observe/index.ts';
import { refused, type ToolAnswer } from './answer.ts';
import { acquire } from './handlers/acquire.ts';
import { check } from './handlers/check.ts';
import { recordContext } from './handlers/context.ts';
import type { AgentHandler, ToolCall, Work } from './handlers/handler.ts';
import { join } from './handlers/join.ts';
import { release } from './handlers/release.ts';
import { report } from './handlers/report.ts';
import { status } from './handlers/status.ts';
import { sync } from './handlers/sync.ts';
import { answerMaxMs, inBounds } from './in-bounds.ts';
import { ended } from './news.ts';
import type { McpPorts, McpTrouble, Workspace } from './ports.ts';
import { failureAnswer, refusalAnswer, stopAndAsk, withNextStep } from './refusals.ts';
import { entriesFrom, entriesMax, lastEntries, pageCharactersMax, scopesText, statusText } from './views.ts';
import { toolSchemas, waitSecondsMax, type ToolArguments, type ToolName } from './schemas.ts';
import { seatLines } from './seat-words.ts';
import { fileNamed } from './scopes.ts';
import { quoted } from './text.ts';
import { unclearAnswer, unknownAnswer } from './who.ts';

export interface FaceOptions {
  /** How long `lock_acquire` waits when the call does not say, in milliseconds. */
  readonly waitMs: number;
  /** How long a grant that came between two calls is kept for its agent, in milliseconds. */
  readonly collectMs: number;
}

export type Resource =
  | { readonly kind: 'status' }
  | { readonly kind: 'scopes' }
  /** What is known, near a path as an agent writes it. */
  | { readonly kind: 'context'; readonly path: string | null; readonly words: string }
  /** The log from a revision on, or its last entries when none is given. */
  | { readonly kind: 'log'; readonly from: number | null };

/** After so long, in milliseconds, what a call saw at its beginning may no longer be so. */
const longCallMs = 1_000;

/** How long an answer waits for what others have said to the agent, in milliseconds: what comes later is told with the next. */
const messagesPatienceMs = 1_000;

/** How long an answer waits to hear what the log tells of since the last call, in milliseconds. */
const logPatienceMs = 1_500;

/** Things wrong with the arguments of one call that are told. */
const issuesMax = 5;

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

  /** Carries out a tool call. What goes wrong is an answer, too, and so is that nothing comes: the model has to read it. */
  async call<Name extends ToolName>(tool: Name, args: unknown, call: ToolCall): Promise<ToolAnswer> {
    const forMs = this.#waitOf(tool, args) + answerMaxMs;
    try {
      return await inBounds(this.#ports.clock, forMs, (unheard) =>
        this.#answer(tool, args, { ...call, signal: AbortSignal.any([call.signal, unheard]) }),
      );
    } catch (error) {
      return this.#failed(tool, error);
    }
  }

  /** The text of a resource. Throws {@link CoordinatorError}, which says what to do. */
  read(resource: Resource): Promise<string> {
    return inBounds(this.#ports.clock, answerMaxMs, () => this.#textOf(resource)).catch((error: unknown) => {
      throw error instanceof CoordinatorError ? withNextStep(error) : error;
    });
  }

  /** Lets go of the agents for whom no client was there for so long. */
  putAway(silentMs: number): void {
    this.#work?.then(({ desk }) => desk.putAway(silentMs)).catch(() => undefined);
  }

  /** Renews nobody any more: what its agents hold ends by itself. */
  stop(): void {
    this.#work?.then(({ desk }) => desk.stop()).catch(() => undefined);
  }

  /** How long a call asks to wait; what it says is checked only later. */
  #waitOf(tool: ToolName, args: unknown): number {
    if (tool !== 'lock_acquire') return 0;
    const asked = (args as { readonly wait_seconds?: unknown } | null | undefined)?.wait_seconds;
    return typeof asked === 'number' && asked <= waitSecondsMax ? asked * 1_000 : this.#options.waitMs;
  }

  async #answer<Name extends ToolName>(tool: Name, args: unknown, call: ToolCall): Promise<ToolAnswer> {
    try {
      const input = parseArguments(tool, args);
      return await this.#perform(tool, input, call);
    } catch (error) {
      const kept = await this.#keptIn(args);
      const answer = this.#failed(tool, error);
      if (kept === null) return await this.#withSeats(answer, error);
      return ended(kept.work, await Visit.begin(this.#ports.clock, kept.agent, call), answer);
    }
  }

  async #textOf(resource: Resource): Promise<string> {
    const { workspace, clock } = await this.#open();
    const { coordinator } = workspace;
    switch (resource.kind) {
      case 'status':
        return statusText(await coordinator.query({ kind: 'status', at: null }), clock.nowMs());
      case 'scopes':
        return scopesText(await coordinator.query({ kind: 'scopes' }));
      case 'context': {
        const { path, words } = resource;
        return workspace.contexts.known(path === null ? null : await fileNamed(workspace, path), words);
      }
      case 'log':
        return readLog(coordinator, resource.from);
    }
  }

  async #perform<Name extends ToolName>(
    tool: Name,
    input: ToolArguments<ToolName>,
    call: ToolCall,
  ): Promise<ToolAnswer> {
    const work = await this.#open();
    if (tool === 'agent_join') return join(work, input as ToolArguments<'agent_join'>, call);
    if (tool === 'coordination_status') return this.#overview(work, input, call);
    return this.#asAgent(work, tool as AgentTool, input as ToolArguments<AgentTool>, call);
  }

  async #asAgent<Name extends AgentTool>(
    work: Work,
    tool: Name,
    input: ToolArguments<Name>,
    call: ToolCall,
  ): Promise<ToolAnswer> {
    const found = await work.desk.find((input as { readonly agent: string }).agent);
    if (found.kind !== 'kept') return turnAway(work, found, call);
    const handler: AgentHandler<Name> = agentHandlers[tool];
    return this.#visited(tool, work, { agent: found.agent, call }, (visit) =>
      handler(work, visit, input, call),
    );
  }

  /** Everything at a glance, for anybody. Asking under a name is no reason to take over who has it. */
  async #overview(
    work: Work,
    input: ToolArguments<'coordination_status'>,
    call: ToolCall,
  ): Promise<ToolAnswer> {
    const agent = input.agent === undefined ? null : work.desk.kept(input.agent);
    if (agent === null) return withoutAgent(work, await status(work, input), input.agent);
    return this.#visited('coordination_status', work, { agent, call }, () => status(work, input));
  }

  /** Whatever comes of it, a visit ends. */
  async #visited(
    tool: ToolName,
    work: Work,
    { agent, call }: { readonly agent: DeskAgent; readonly call: ToolCall },
    body: (visit: Visit) => Promise<ToolAnswer>,
  ): Promise<ToolAnswer> {
    const { clock } = work;
    const visit = await Visit.begin(clock, agent, call);
    await lookForLost(clock, agent);
    if (agent.gone !== null) return ended(work, visit, refusalAnswer(agent.gone));
    const beganMs = clock.monotonicMs();
    const answer = await body(visit).catch((error: unknown) => this.#failed(tool, error));
    // Where nobody hears this answer, the next one tells what there is to tell.
    if (!call.signal.aborted)
      await Promise.all([
        // Told with this answer, or with the next if it takes too long.
        inTime(clock, messagesPatienceMs, agent.collectMessages()),
        listen(clock, agent, clock.monotonicMs() - beganMs >= longCallMs),
      ]);
    return ended(work, visit, answer);
  }

  #failed(tool: ToolName, error: unknown): ToolAnswer {
    if (error instanceof CoordinatorError) return failureAnswer(error, tool);
    this.#ports.report('mcp.callFailed', { tool, cause: stackOf(error) });
    return refused('INTERNAL', 'a bug in this server; its log on standard error has more.', `${stopAndAsk}.`);
  }

  /** Who does not say who it is finds itself in the list. */
  async #withSeats(answer: ToolAnswer, error: unknown): Promise<ToolAnswer> {
    const isNameless = error instanceof CoordinatorError && error.details['path'] === 'agent';
    const work = isNameless ? await (this.#work ?? Promise.resolve(null)).catch(() => null) : null;
    const lines = work === null ? [] : seatLines(work.desk.seats.all, work.clock.nowMs());
    return { ...answer, text: [answer.text, ...lines].join('\n') };
  }

  /** The agent that a call names, if it is kept already: whatever is wrong with the call, it learns what happened. */
  async #keptIn(args: unknown): Promise<{ readonly work: Work; readonly agent: DeskAgent } | null> {
    const name = (args as { readonly agent?: unknown } | null | undefined)?.agent;
    if (typeof name !== 'string') return null;
    const work = (await this.#work?.catch(() => null)) ?? null;
    const agent = work?.desk.kept(name) ?? null;
    return work === null || agent === null ? null : { work, agent };
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
    const speaker = speakerOf(workspace, this.#ports);
    const desk = deskOf(workspace, speaker, this.#ports, collectMs);
    const logTime: Work['clock'] = {
      nowMs: () => speaker.logClock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
    };
    return { workspace, desk, speaker, clock: logTime, wallMs: () => clock.wallMs(), waitMs };
  }
}

/** How long one command is tried: less than a call may take, so that what failed is told. */
const patienceMs = 7_000;

function speakerOf({ coordinator }: Workspace, ports: McpPorts): Speaker {
  const checked = async (request: CommandRequest): Promise<CommandRequest> =>
    (await loadRequestParsers()).parseCommandRequest(request);
  return new Speaker({
    coordinator,
    time: ports.clock,
    newRequestId: () => ports.newRequestId(),
    patienceMs,
    checked,
  });
}

function deskOf(workspace: Workspace, speaker: Speaker, ports: McpPorts, collectMs: number): AgentDesk {
  return new AgentDesk({
    coordinator: workspace.coordinator,
    sessions: workspace.sessions,
    about: workspace.about,
    ...(workspace.process && { process: workspace.process }),
    speaker,
    time: ports.clock,
    collectMs,
    newRequestId: () => ports.newRequestId(),
    newSecret: () => ports.newSecret(),
    from: ({ program }) => `rhema mcp of ${String(program ?? 'a client')}`.slice(0, fromLengthMax),
    report: ({ failed, agent, error }) => ports.report(troubles[failed], { agent, cause: String(error) }),
  });
}

const fromLengthMax = 100;

const troubles: { readonly [Failed in Trouble['failed']]: McpTrouble } = {
  release: 'mcp.releaseFailed',
  renewal: 'mcp.renewalFailed',
  session: 'mcp.sessionNotKept',
};

function withoutAgent({ desk }: Work, answer: ToolAnswer, name: string | undefined): ToolAnswer {
  if (name === undefined) return answer;
  const isUnclear = desk.seats.named(name).kind === 'several';
  const note = isUnclear
    ? `More than one agent here has asked for the name ${quoted(name)}: pass your own handle.`
    : `Nobody speaks as ${quoted(name)} through this client: agent_join to take part.`;
  return { ...answer, text: `${note}\n${answer.text}` };
}

/** Nobody acts under this name from here; one that is gone learns what went with it. */
async function turnAway(
  work: Work,
  found: Exclude<Found, { kind: 'kept' }>,
  call: ToolCall,
): Promise<ToolAnswer> {
  switch (found.kind) {
    case 'gone':
      return ended(work, await Visit.begin(work.clock, found.agent, call), refusalAnswer(found.rejection));
    case 'unclear':
      return unclearAnswer(work, found.name, found.seats);
    case 'unknown':
      return unknownAnswer(work, found);
  }
}

function readLog(coordinator: Coordinator, from: number | null): Promise<string> {
  if (from === null) return lastEntries(coordinator, entriesMax, pageCharactersMax);
  if (Number.isSafeInteger(from) && from > 0) return entriesFrom(coordinator, from);
  throw invalidInput('from', 'write a revision, a whole number from 1');
}

/** A coordinator that does not answer must not keep the call from its own attempts; heartbeats look again. */
async function lookForLost(clock: Work['clock'], agent: DeskAgent): Promise<void> {
  await inTime(clock, lookPatienceMs, agent.look());
}

/**
 * Hears what the log tells of since the last call; what cannot be heard in time is told with the next one. A call that waited
 * must not say that all is well when something was lost meanwhile.
 */
async function listen(clock: Work['clock'], agent: DeskAgent, hasWaited: boolean): Promise<void> {
  if (!hasWaited) return void (await inTime(clock, logPatienceMs, agent.hearLog()));
  await inTime(clock, lookPatienceMs, Promise.all([agent.look(), agent.hearLog()]));
}

function parseArguments<Name extends ToolName>(tool: Name, args: unknown): ToolArguments<ToolName> {
  const schema = toolSchemas[tool]();
  const parsed = schema.safeParse(withoutNulls(args ?? {}));
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues
    .slice(0, issuesMax)
    .map((issue): [path: string, trouble: string] => [
      pathText(issue.path),
      issueText(issue as Issue, valueAt(args, issue.path)),
    ]);
  const [[path, trouble] = ['', 'malformed'], ...others] = told;
  const more = others.map(([where, what]) => `; ${where}${where === '' ? '' : ': '}${what}`).join('');
  throw invalidInput(path, `${trouble}${more}. ${tool} takes ${argumentsOf(tool)}`);
}

/** `agent, scopes, and may take reason, wait_seconds`. */
function argumentsOf(tool: ToolName): string {
  const fields = Object.entries<{ isOptional(): boolean }>(toolSchemas[tool]().shape);
  const named = (isOptional: boolean): string =>
    fields.flatMap(([name, field]) => (field.isOptional() === isOptional ? [name] : [])).join(', ');
  const [needed, optional] = [named(false), named(true)];
  if (needed === '') return `no more than ${optional}`;
  return optional === '' ? needed : `${needed}, and may take ${optional}`;
}

/** Some models write null for an argument that they leave out. */
function withoutNulls(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}
