/** Who acts: the agent of a session, which joins by itself at the first act that needs a name. */
import { basename } from 'node:path';
import {
  asDurationMs,
  parseAgentId,
  shownTarget,
  type AgentId,
  type AgentProcess,
  type DurationMs,
  type Rejection,
} from '../../core/index.ts';
import { ancestorsOf, type AncestorProcess } from '../../client/index.ts';
import { startedBy } from '../../guard/index.ts';
import {
  hasJoined,
  join,
  overCodes,
  proofOf,
  resultOf,
  type AgentSession,
  type Joined,
} from '../../participant/index.ts';
import { CommandError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Call } from '../call.ts';
import { agentPorts, submit } from '../commands/speak.ts';
import { madeUpName } from '../fitted-name.ts';
import { line } from '../format/text.ts';
import type { HookWork } from './hook-work.ts';
import { keyOf } from './key-of.ts';
import { SessionMemory } from './memory.ts';
import { noteSaidBefore } from './said-before.ts';

/** Its session, if it takes part already; null: nothing has been done in its name. */
export async function speakingAs({ call, repository, memory }: HookWork): Promise<AgentSession | null> {
  const speaking = memory.speaking();
  if (speaking === null) return null;
  const session = await call.world.sessions.read(repository, speaking.agent);
  return session !== null && hasJoined(session) ? session : null;
}

/**
 * Does something in the agent's name, which joins for it where it takes no part yet. Of one that was lost meanwhile it is told
 * what it held then, and it begins anew.
 */
export async function asAgent<T>(
  work: HookWork,
  act: (session: AgentSession) => Promise<T>,
  refusalIn: (done: T) => Rejection | null,
): Promise<T> {
  const known = await speakingAs(work);
  const done = await act(known ?? (await enrol(work)));
  const refusal = refusalIn(done);
  if (refusal === null || !overCodes.has(refusal.code)) return done;
  const claims = work.memory.claims();
  const lost = lostText(refusal, claims.length > 0);
  if (lost !== null) work.aside.push(lost);
  for (const claim of claims) work.memory.forgetClaim(claim);
  return act(await enrol(work));
}

/** Null: it has lost nothing. */
function lostText({ code, details }: Rejection, hadClaims: boolean): string | null {
  const held =
    code === 'AGENT_LOST' && 'heldWhenLost' in details ? (details.heldWhenLost as readonly never[]) : [];
  if (held.length === 0 && !hadClaims) return null;
  const what =
    held.length === 0
      ? 'your session here ended'
      : line`your session here ended, and with it your locks of ${held.map(shownTarget).join(', ')}`;
  return `${what}: others may have changed what you worked on, so look at it before you go on.`;
}

async function enrol(work: HookWork): Promise<AgentSession> {
  const { call, repository, memory } = work;
  const chosen = chosenName(work);
  if (chosen !== null) {
    const session = await call.world.sessions.read(repository, chosen);
    if (session !== null && hasJoined(session) && (await speakFor(work, session))) return session;
  }
  const wished = memory.speaking()?.agent ?? chosen ?? (await nameOf(work));
  const joined = await joinAs(work, wished);
  if (joined.kind === 'joined') {
    await noteSaidBefore(work);
    return keep(work, joined);
  }
  const { rejection } = joined.reply;
  if (rejection.code !== 'AGENT_ALREADY_JOINED' && rejection.code !== 'NAME_TOO_SIMILAR')
    throw refusedJoin(rejection);
  // Another hook of this session may have joined just now.
  const now = await speakingAs(work);
  if (now !== null) return now;
  const other = await joinAs(work, await longerName(work, wished));
  if (other.kind === 'refused') throw refusedJoin(other.reply.rejection);
  return keep(work, other);
}

/** Who its user says that it is; null: nobody. What is no name is passed over, and that is said. */
function chosenName({ call, asked, aside }: HookWork): AgentId | null {
  const text = asked.subagent === null ? (call.ports.env['RHEMA_AGENT'] ?? '') : '';
  const parsed = text === '' ? null : parseAgentId(text);
  if (parsed?.ok === false) aside.push(line`RHEMA_AGENT is passed over: ${parsed.problem}`);
  return parsed?.ok === true ? parsed.value : null;
}

/** From now on the session of the client acts as an agent that has joined elsewhere; false: that one takes no part any more. */
export async function speakFor({ call, memory }: HookWork, session: AgentSession): Promise<boolean> {
  const reply = await submit(call, { kind: 'Heartbeat', ...proofOf(session) });
  if (!reply.ok) return false;
  const { sessionDeadlineMs } = resultOf(reply.result, 'renewed');
  memory.speakAs({ agent: session.agent, isOwn: false, leaseMs: leaseUntil(call, sessionDeadlineMs) });
  return true;
}

/** A claim lasts as long as its agent is heard of. */
const leaseUntil = ({ nowMs }: Call, sessionDeadlineMs: number): DurationMs =>
  asDurationMs(Math.max(1_000, Math.round(sessionDeadlineMs - nowMs)));

function keep({ call, memory }: HookWork, joined: Extract<Joined, { kind: 'joined' }>): AgentSession {
  const { session, sessionDeadlineMs } = joined;
  memory.speakAs({ agent: session.agent, isOwn: true, leaseMs: leaseUntil(call, sessionDeadlineMs) });
  return session;
}

const refusedJoin = ({ code, message, details }: Rejection): CommandError =>
  new CommandError(code, exitCodes.refused, message, details);

async function joinAs(work: HookWork, agent: AgentId): Promise<Joined> {
  const { call, client, worktree, memory } = work;
  const { world } = call;
  const bound = clientProcess(memory.ancestors(), ancestorsOf());
  // An earlier session of the name that is gone is replaced.
  const ports = { from: client, ...(await agentPorts(call)), ...(bound === null ? {} : { process: bound }) };
  const metadata = {
    program: client,
    host: world.hostName(),
    worktree,
    ...(work.asked.subagent === null ? {} : { [startedBy]: await mainAgentOf(work) }),
  };
  return join(ports, agent, metadata);
}

const shells: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ash',
  'busybox',
  'fish',
  'env',
  'timeout',
]);

/**
 * The client's own process, with which its agents end: the nearest around this hook that was around an earlier one as well. One
 * that was seen but once may be a helper that ends with the hook.
 */
export function clientProcess(
  before: readonly AncestorProcess[],
  now: readonly AncestorProcess[],
): AgentProcess | null {
  const known = new Set(before.map(({ process }) => keyOf(String(process.pid), process.start)));
  const found = now.find(
    ({ process, name }) => !shells.has(name) && known.has(keyOf(String(process.pid), process.start)),
  );
  return found?.process ?? null;
}

/** What the session remembers of its own agent, that has started this one. */
export const mainMemory = ({ repository, memory, asked }: HookWork): SessionMemory =>
  asked.subagent === null ? memory : SessionMemory.of(repository.commonDir, asked.session, null);

/** The same as if the session's own agent acted. */
export const mainWorkOf = (work: HookWork): HookWork => ({
  ...work,
  memory: mainMemory(work),
  asked: { ...work.asked, subagent: null },
});

/** The session's own agent, whether or not it has joined yet. */
export const mainAgentOf = async (work: HookWork): Promise<AgentId> =>
  mainMemory(work).speaking()?.agent ?? nameOf({ ...work, asked: { ...work.asked, subagent: null } });

const partLengthMax = 40;

/** After its client, after its working tree where that is a linked one, and after its session. */
export function nameOf({ call, client, asked, repository, worktree }: HookWork): Promise<AgentId> {
  const isLinked = repository.mainWorktree !== null && repository.mainWorktree !== worktree;
  const tree = basename(worktree)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, partLengthMax);
  const parts = [
    client,
    ...(isLinked && tree !== '' ? [tree] : []),
    keyOf(asked.session).slice(0, 6),
    ...(asked.subagent === null ? [] : [keyOf(asked.subagent).slice(0, 4)]),
  ];
  return madeUpName(call, valueOf(parseAgentId(parts.join('-'))));
}

const longerName = ({ call, asked }: HookWork, name: AgentId): Promise<AgentId> =>
  madeUpName(
    call,
    valueOf(parseAgentId(`${name}-${keyOf(asked.session, asked.subagent ?? '').slice(6, 16)}`)),
  );
