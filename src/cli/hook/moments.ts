/** Beginnings and ends: of a session, of a subagent, of a turn. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { proofOf, overCodes, type AgentSession } from '../../participant/index.ts';
import type { LockView } from '../../protocol/index.ts';
import { passes, type HookAnswer } from '../../hooks/index.ts';
import { count, duration, messageLead, shownLock } from '../../wording/index.ts';
import { whyNone } from '../commands/scope-lead.ts';
import { changedBy, submit } from '../commands/speak.ts';
import { line, shellWord } from '../format/text.ts';
import { messagesTo, news } from './after-tool.ts';
import { clashNews } from './clashes.ts';
import { beforeEdit } from './before-tool.ts';
import { mainWorkOf, nameOf, speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { giveBack, giveBackClean } from './own-claims.ts';

/** Who else is told of at a beginning. */
const toldMax = 8;

/** A session, or a subagent, begins: it is told who it is, who else works here and on what, and what happens to its edits. */
export async function begin(work: HookWork): Promise<HookAnswer> {
  const { call, memory, worktree } = work;
  memory.forgetOld(call.nowMs);
  const coordinator = await call.coordinator();
  const { agents, locks, revision, scopeCount, scopeProblems } = await coordinator.query({
    kind: 'status',
    at: null,
  });
  const broken = scopeCount === 0 ? whyNone(scopeProblems) : null;
  if (memory.speaking() === null) memory.keepBegunAt(revision);
  const own = memory.speaking()?.agent ?? (await nameOf(work));
  passOnName(work, own);
  const others = agents.filter(
    ({ agent, presence, held }) => agent !== own && presence === 'present' && held.length > 0,
  );
  const lines = [
    line`rhema: several agents may work in this repository at once. You are ${own}, in the working tree ${worktree}.`,
    ...(others.length === 0 ? ['Nobody else holds anything here now.'] : ['At work here:']),
    ...others.slice(0, toldMax).map(({ agent, metadata }) => {
      const tree =
        typeof metadata['worktree'] === 'string' && metadata['worktree'] !== worktree
          ? metadata['worktree']
          : null;
      return line`  ${agent}${tree === null ? '' : ` in ${tree}`}: ${heldText(
        locks.filter((lock) => lock.agent === agent),
        call.nowMs,
      )}`;
    }),
    ...(others.length > toldMax
      ? [`  and ${count(others.length - toldMax, 'more agent')}: rhema status`]
      : []),
    broken === null
      ? `Files that you edit are locked for you, and given back when they are committed or you end. What another agent holds you cannot edit: do other work, or wait for it with: ${call.rhema('lock', 'acquire', 'FILE', '--agent', own, '--wait')}`
      : line`NOTHING IS LOCKED for you, and others may be at the same files: ${broken}. Tell your user.`,
  ];
  return { kind: 'pass', told: lines.join('\n'), shown: null };
}

const namedMax = 5;

function heldText(locks: readonly LockView[], nowMs: number): string {
  const shown = locks.slice(0, namedMax).map(shownLock).join(', ');
  const more = locks.length > namedMax ? `, and ${locks.length - namedMax} more` : '';
  const reason = locks.find((lock) => lock.reason !== null)?.reason ?? null;
  const sinceMs = Math.min(...locks.map(({ grantedAtMs }) => grantedAtMs));
  return `${shown}${more}, for ${duration(nowMs - sinceMs)}${reason === null ? '' : ` (${reason})`}`;
}

/** Claude Code sets what stands in this file of its own in the shell of its agent, so that a commit there says whose it is. */
function passOnName({ call, asked }: HookWork, name: string): void {
  const file = call.ports.env['CLAUDE_ENV_FILE'] ?? '';
  if (asked.subagent !== null || file === '' || (call.ports.env['RHEMA_AGENT'] ?? '') !== '') return;
  appendFileSync(file, `export RHEMA_AGENT=${shellWord(name)}\n`);
}

/** The agent's turn is over. It goes on once where somebody waits for what it holds, or has said something to it. */
export async function stop(work: HookWork): Promise<HookAnswer> {
  const session = await speakingAs(work);
  if (session === null) return passes;
  await giveBackClean(work, session);
  const { call, asked, memory } = work;
  const reply = await submit(call, { kind: 'Heartbeat', ...proofOf(session) });
  if (!reply.ok) return passes;
  const coordinator = await call.coordinator();
  const subject = { kind: 'agent', agent: session.agent } as const;
  const { locks } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  if (asked.isStoppingAgain) return passes;
  const wanted = locks.filter(({ contendedSinceMs }) => contendedSinceMs !== null);
  const note = `wanted ${wanted.map((lock) => `${shownLock(lock)} ${lock.token}`).join()}`;
  const isTold = wanted.length === 0 || memory.has(note);
  const messages = await messagesTo(work, session);
  if (isTold && messages.length === 0) return passes;
  if (!isTold) memory.note(note);
  const as = { agent: asIs, name: asIs, text: asIs };
  const lines = [
    ...messages.map((message) => line`rhema: ${messageLead(message, as)}: ${message.text}`),
    ...(isTold ? [] : [wantedText(work, session, wanted)]),
  ];
  return { kind: 'goOn', reason: lines.join('\n') };
}

const asIs = (text: string): string => text;

function wantedText({ call }: HookWork, { agent }: AgentSession, wanted: readonly LockView[]): string {
  const names = wanted.map(shownLock);
  const release = call.rhema('lock', 'release', ...names, '--agent', agent);
  return line`rhema: others wait for what you hold: ${names.join(', ')}. If you are done with it, commit it, or give it back as it is: ${release}`;
}

/** The session, or the subagent, is over. What a subagent has not committed its session goes on holding, which commits for both. */
export async function end(work: HookWork): Promise<HookAnswer> {
  const session = await speakingAs(work);
  const left = session === null || work.asked.subagent === null ? [] : await uncommitted(work);
  if (session !== null) await letGo(work, session);
  work.memory.forget();
  if (left.length > 0) await beforeEdit(mainWorkOf(work), left);
  return passes;
}

/** Files that were claimed and have uncommitted work in them; absolute. */
async function uncommitted({ call, memory, repository, worktree }: HookWork): Promise<readonly string[]> {
  const files = memory
    .claims()
    .flatMap(({ tree, file }) => (tree === worktree && file !== undefined ? [file] : []));
  if (files.length === 0) return [];
  const changed = new Set(await call.world.inspection.changedFiles(repository));
  return files.filter((file) => changed.has(file)).map((file) => join(worktree, file));
}

/** An agent that joined here by itself leaves; of one that joined elsewhere what was claimed for it goes back. */
export async function letGo(work: HookWork, session: AgentSession): Promise<void> {
  const { call, memory, repository } = work;
  if (memory.speaking()?.isOwn !== true) {
    await giveBack(work, session, memory.claims());
    return;
  }
  const changed = await changedBy(call, session, null);
  const reply = await submit(call, { kind: 'AgentLeave', ...proofOf(session), ...changed });
  if (reply.ok || overCodes.has(reply.rejection.code))
    await call.world.sessions.remove(repository, session.agent);
  for (const claim of memory.claims()) memory.forgetClaim(claim);
}

/** A prompt, or a tool that has run: the agent hears what happened. */
export async function hear(work: HookWork, session: AgentSession): Promise<HookAnswer> {
  const untold = work.memory.untold();
  const lines = [...untold, ...(await news(work, session)), ...(await clashNews(work, session))];
  if (untold.length > 0) work.memory.keepUntold([]);
  return lines.length === 0
    ? passes
    : { kind: 'pass', told: lines.map((text) => line`rhema: ${text}`).join('\n'), shown: null };
}
