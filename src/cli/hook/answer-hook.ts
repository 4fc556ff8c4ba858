import { join } from 'node:path';
import { parseAgentIdForm } from '../../core/index.ts';
import { ancestorsOf } from '../../client/index.ts';
import { hasJoined } from '../../participant/index.ts';
import { passes, type Act, type HookAnswer } from '../../hooks/index.ts';
import { begin, end, hear, letGo, stop } from './moments.ts';
import { keepName } from './also-known.ts';
import { noteWritten, renew } from './after-tool.ts';
import { beforeEdit, noteRead, noteReadAfter } from './before-tool.ts';
import { giveBackIdle, noteDone } from './idle-claims.ts';
import { line } from '../format/text.ts';
import { mainAgentOf, speakFor, speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { isTooMuch } from './too-much.ts';

/** What a hook is answered, in a repository where agents are coordinated. */
export async function answerHook(work: HookWork): Promise<HookAnswer> {
  const answer = await answered(work);
  const isOver = work.asked.event === 'sessionEnd' || work.asked.event === 'subagentStop';
  if (!isOver && work.memory.ancestors().length === 0) work.memory.keepAncestors(ancestorsOf());
  return withAside(answer, work.aside);
}

function withAside(answer: HookAnswer, aside: readonly string[]): HookAnswer {
  if (aside.length === 0) return answer;
  const text = aside.map((one) => `rhema: ${one}`).join('\n');
  if (answer.kind !== 'pass') return { ...answer, reason: `${text}\n${answer.reason}` };
  return {
    ...answer,
    told: answer.told === null ? text : `${text}\n${answer.told}`,
    shown: answer.shown ?? text,
  };
}

function answered(work: HookWork): Promise<HookAnswer> {
  const { asked } = work;
  switch (asked.event) {
    case 'sessionStart':
    case 'subagentStart':
      return begin(work);
    case 'beforeTool':
      return beforeTool(work, asked.act);
    case 'afterTool':
      return afterTool(work, asked.act);
    case 'prompt':
    case 'alive':
      return alive(work);
    case 'stop':
      return stop(work);
    case 'subagentStop':
    case 'sessionEnd':
      return end(work);
  }
}

async function beforeTool(work: HookWork, act: Act | null): Promise<HookAnswer> {
  if (act?.kind === 'edit' && isTooMuch(act.paths))
    return {
      kind: 'refuse',
      reason:
        'rhema: not written: that is a path, or a number of files, that nobody can judge in time. Write less at once.',
    };
  if (act?.kind === 'read' && !isTooMuch(act.paths)) noteRead(work, act.paths);
  if (act?.kind === 'unclear')
    throw new Error(line`what ${act.tool} is about to write is not said in a way that is known`);
  if (act?.kind === 'shell') return (await import('./before-shell.ts')).beforeShell(work, act.command);
  return act?.kind === 'edit' ? beforeEdit(work, act.paths) : passes;
}

async function afterTool(work: HookWork, act: Act | null): Promise<HookAnswer> {
  if (act?.kind === 'edit' && !isTooMuch(act.paths)) noteWritten(work, act.paths);
  if (act?.kind === 'read' && !isTooMuch(act.paths)) noteReadAfter(work, act.paths);
  if (act?.kind === 'shell') await (await import('./after-shell.ts')).afterShell(work, act.command);
  if (act?.kind === 'edit' || act?.kind === 'shell') noteDone(work);
  if (act?.kind === 'join' && act.agent !== null) await becomeWhoItJoinedAs(work, act.agent);
  return alive(work);
}

async function alive(work: HookWork): Promise<HookAnswer> {
  const session = await speakingAs(work);
  if (session === null || !(await renew(work, session))) return passes;
  await giveBackIdle(work, session);
  return hear(work, session);
}

/** It has joined through `rhema mcp`, and acts as that agent from now on, also with what was claimed for it until now. */
async function becomeWhoItJoinedAs(work: HookWork, name: string): Promise<void> {
  const { call, repository, memory } = work;
  const parsed = parseAgentIdForm(name);
  if (!parsed.ok || memory.speaking()?.agent === parsed.value) return;
  const joined = await call.world.sessions.read(repository, parsed.value);
  if (joined === null || !hasJoined(joined)) return;
  const before = await speakingAs(work);
  const claims = memory.claims();
  keepName(repository.commonDir, before?.agent ?? (await mainAgentOf(work)), parsed.value);
  if (before !== null) await letGo(work, before);
  if (!(await speakFor(work, joined))) return;
  // What it works at it goes on with, unless somebody has come between.
  const files = claims.flatMap(({ tree, file }) => (file === undefined ? [] : [join(tree, file)]));
  if (files.length > 0) await beforeEdit(work, files);
}
