import { madeOf, type ByCode, type Rejection, type RejectionCode } from '../core/index.ts';
import { CoordinatorError, type FailureCode } from '../protocol/index.ts';
import type { ToolName } from './schemas.ts';
import { refused, type ToolAnswer } from './answer.ts';

/** What is said of a refusal instead of what is said of all with its code. */
export interface Advice {
  readonly story?: string;
  /** Lines that follow the message. */
  readonly more?: readonly string[];
  readonly next?: string;
}

/** A refusal that teaches: its code, what and who, how old it is and when it ends, and what to do next. */
export function refusalAnswer(rejection: Rejection, advice: Advice | null = null): ToolAnswer {
  const { code, message, details } = rejection;
  const story = advice?.story ?? madeOf(stories, rejection) ?? message;
  const begun = begunAnewIn(rejection);
  const whole = begun === null || story.includes(begun) ? story : `${story.replace(/\.$/, '')} (${begun}).`;
  return refused(
    code,
    whole,
    advice?.next ?? madeOf(stepsByFacts, rejection) ?? nextSteps[code] ?? null,
    factsOf(details),
  );
}

/** That the log began anew since, and where the one of before is; only of what rests on that one. */
export function begunAnewIn({ details: { begunAnew } }: Rejection): string | null {
  return begunAnew ?? null;
}

/** The few facts of a refusal that a program may want. */
function factsOf(details: Rejection['details']): Readonly<Record<string, unknown>> {
  const kept = ['scope', 'holder', 'deadlineMs', 'queueLength', 'ticket', 'currentToken', 'retryAtMs'];
  return Object.fromEntries(Object.entries(details).filter(([name]) => kept.includes(name)));
}

/** Where the message names a command of the shell, which an agent has no use for. */
const stories: ByCode<string> = {
  AGENT_NOT_FOUND: ({ agent }) => `${agent} takes part no more.`,
  AGENT_LOST: ({ agent }) => `${agent} was silent for too long, and is lost with all that it held.`,
};

const joinAgain =
  'agent_join with your handle as agent; all that was held is gone, so look at your files before you go on.';
const waitOrElsewhere =
  'do a part of your work that needs other files, or call lock_acquire with wait_seconds to wait in line.';

/** Where it hangs on the facts what works; undefined: as always with the code. */
const stepsByFacts: ByCode<string | undefined> = {
  TRANSITION_NOT_ALLOWED: ({ from, to, ticket }) =>
    from === 'blocked' && to === 'completed' && ticket === null
      ? 'agent_report working, then agent_report completed.'
      : undefined,
};

/** What an agent does about each refusal that it can do something about; the message says the rest. */
const nextSteps: { readonly [Code in RejectionCode]?: string } = {
  AGENT_NOT_FOUND: joinAgain,
  STALE_EPOCH: joinAgain,
  SESSION_MISMATCH:
    'stop editing: another process goes on as this agent, by resume or because a person took it over. Ask your user how to go on: agent_join with your handle and resume true takes it back, agent_join without makes you another agent.',
  AGENT_LOST: joinAgain,
  TRANSITION_NOT_ALLOWED:
    'lock_acquire makes you working; lock_release makes you idle, and ends a wait. To tell others how it goes, agent_report the status that you have, with a message.',
  NAME_TOO_SIMILAR: 'agent_join under a name that nobody can mistake for that one.',
  AGENT_LIMIT_REACHED: 'stop, and ask your user: no more agents may take part until some leave.',
  WAITER_LIMIT_REACHED: 'work on other files, or ask again later; do not edit meanwhile.',
  SCOPE_NOT_FOUND: 'lock_check with the path says which scope it is in; rhema://scopes lists all.',
  ALREADY_WAITING: 'call lock_acquire with the scopes you wait for, or lock_release to give up that ticket.',
  AGENT_BLOCKED: 'agent_report working, or lock_release.',
  AGENT_HOLDS_LOCK: 'lock_release what you hold first.',
  LOCK_LIMIT_REACHED:
    'ask for no more scopes at once than that; to raise max_locks_per_agent is up to your user.',
  STALE_FENCING_TOKEN: 'stop writing there; lock_acquire again, and read the files anew.',
  LOCK_NOT_HELD: 'lock_acquire the scope first.',
  LOCK_HELD: waitOrElsewhere,
  RESERVED_FOR_WAITER: waitOrElsewhere,
  CONCURRENCY_LIMIT: 'call lock_acquire with wait_seconds to wait in line for a place.',
  WOULD_DEADLOCK: 'lock_release what you hold, then lock_acquire everything in one call.',
  CONTEXT_CONFLICT:
    'your text has replaced the recorded one on disk: get that one back (from Git, or from its author) and merge both. Then lock_check the path, which counts as having seen it, and record again.',
  NO_RECIPIENT: 'coordination_status shows who is there, and who holds what.',
  SYNC_IN_PROGRESS: 'wait until that run has ended; coordination_status shows it.',
  SYNC_ALREADY_COMPLETED: 'nothing: it is synced.',
  SYNC_FAILED: 'mend the cause, then sync_scope with action retry, then start.',
  DEPENDENCY_NOT_SYNCED: 'sync_scope start those first, in the order of their dependencies.',
  SYNC_NOT_RUNNING: 'coordination_status shows all syncs.',
  STALE_SYNC_RUN:
    'use the run that your sync_scope start answered; coordination_status shows which ones run.',
  RETRY_LIMIT_REACHED: 'ask a person: this needs `rhema sync reset`.',
  RETRY_TOO_SOON: 'mend the cause meanwhile, then retry.',
};

/** A failure, told so that the model can go on: what it can mend itself, and what only a person can. */
export function failureAnswer(error: CoordinatorError, tool: ToolName): ToolAnswer {
  const { code, message } = error;
  return refused(code, inArguments(message, tool), otherNameStep(error, tool) ?? stepAfter(code));
}

/** Where the token lets in names of another form, whoever joins can choose one; null: it is up to a person. */
function otherNameStep({ code, details }: CoordinatorError, tool: ToolName): string | null {
  const { fits } = details;
  if (code !== 'FORBIDDEN' || tool !== 'agent_join' || typeof fits !== 'string') return null;
  return `agent_join under a name that is let in, such as ${fits}.`;
}

/** The same for whoever reads a failure as such. */
export function withNextStep(error: CoordinatorError): CoordinatorError {
  const { code, message, retryable, details } = error;
  const step = stepAfter(code);
  const told = step === null ? message : `${message}\nNext: ${step}`;
  return new CoordinatorError(code, told, { retryable, details, cause: error });
}

/** What is to be done about a failure; null where the message says it. */
export function stepAfter(code: FailureCode): string | null {
  const step = failureSteps[code];
  return step === undefined ? unknownStep : step;
}

/** The protocol names the field within the command; an agent knows its own arguments only. */
function inArguments(message: string, tool: ToolName): string {
  const own = message.replace(/^command\./, '');
  const [field = ''] = /^\w+/.exec(own) ?? [];
  const name = argumentNames[tool]?.[field];
  return own === message || name === undefined ? own : own.replace(field, name);
}

/** Fields of commands that an argument of another name fills. */
const argumentNames: { readonly [Name in ToolName]?: Readonly<Record<string, string>> } = {
  agent_join: { metadata: 'task' },
  agent_report: { reason: 'message', text: 'message', messageKind: 'kind' },
  sync_scope: { error: 'message', reason: 'message' },
};

/** Where nothing keeps agents apart, none of them edits because of it: trouble is no permission. */
export const stopAndAsk = 'stop editing, and ask your user how to go on';

const unknownStep = `${stopAndAsk}: \`rhema doctor\` says what is wrong.`;

const failureSteps: { readonly [Code in FailureCode]?: string | null } = {
  INVALID_INPUT: null,
  NOT_JOINED: 'agent_join under that name, then ask again.',
  UNAVAILABLE: `do not edit meanwhile; ask again in a moment: your ticket and your locks are in the log. If it lasts, ${stopAndAsk}: \`rhema doctor\` says what is wrong.`,
  DEADLINE_EXCEEDED: `do not edit meanwhile; ask again: what took effect is not done twice. If it lasts, ${stopAndAsk}: \`rhema doctor\` says what is wrong.`,
  STORE_FAILURE: `${stopAndAsk}: \`rhema doctor\` says what is wrong with the file of the log.`,
  PERMISSION: `${stopAndAsk}: \`rhema doctor\` says what is in the way.`,
  UNAUTHENTICATED: `${stopAndAsk}, who may renew the token of this server (rhema login).`,
  FORBIDDEN: `${stopAndAsk}: an operator may give this server's token more.`,
  RATE_LIMITED: `do not edit meanwhile; ask again in some seconds, and less often. If it lasts, ${stopAndAsk}: too many ask by one token.`,
  DISABLED: `${stopAndAsk}: only a person may say that agents go on while nothing keeps them apart.`,
  NOT_A_REPOSITORY: `${stopAndAsk}, who may start this server in a Git repository (rhema mcp --repo DIR).`,
  VERSION_MISMATCH: `${stopAndAsk}, who may end the old program (\`rhema daemon restart\`) and start this server anew.`,
};
