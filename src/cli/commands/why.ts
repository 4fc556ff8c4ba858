import { asTimeMs, parseAgentIdForm } from '../../core/index.ts';
import type { AgentId, FilePath, ResourceName, ScopePath } from '../../core/index.ts';
import type { Moment, WhyAnswer, WhySubject } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError, valueOf, type CommandError } from '../answer/errors.ts';
import { subjectName, whyText, type Crowd } from '../format/why.ts';
import type { Style } from '../format/style.ts';
import { line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { agentLead } from './agent-lead.ts';
import { momentOf } from './moment-of.ts';
import { holdersOfPlaces, type KnownScope } from '../../wording/index.ts';
import { leadTo } from './scope-lead.ts';
import { fileTrouble, oneNameOf } from './named.ts';
import { scopeOf } from './scopes-of.ts';

export interface WhyInput {
  readonly subject: string;
  readonly at?: string;
  readonly as?: string;
  /** As it was when that was made, beside what the commit says of itself. */
  readonly commit?: string;
}

/** Who holds a scope or what an agent does, now or at a past moment, and what led to it. */
export async function explainWhy(call: Call, input: WhyInput): Promise<Outcome> {
  if (input.commit !== undefined) return explainCommit(call, input, input.commit);
  return explained(call, input, momentOf(call, input.at));
}

async function explainCommit(call: Call, input: WhyInput, text: string): Promise<Outcome> {
  if (input.at !== undefined || input.as !== undefined)
    throw usageError('--commit stands without --at and --as');
  const { commitLines, commitNamed } = await import('./why-commit.ts');
  const file = valueOf(
    await call.world.inspection.filePath(await call.repository(), call.cwd, input.subject),
  );
  const found = await commitNamed(call, text, file);
  const told = await commitLines(call, found, file);
  const story = await explained(call, input, { kind: 'time', atMs: asTimeMs(found.atMs) });
  if (story.kind !== 'done') return story;
  const data = { ...story.data, commit: { ...found.commit, changes: found.changes } };
  return done(story.revision, data, async (style) => `${told.join('\n')}\n\n${await story.text(style)}`);
}

async function explained(call: Call, input: WhyInput, at: Moment | null): Promise<Outcome> {
  const found = await ask(call, await subjectOf(call, input, at), at);
  const around = isBlank(found) ? await scopeAroundIt(call, found, input) : null;
  const answer = around === null ? found : await ask(call, { kind: 'scope', scope: around.scope }, at);
  const { revision, ...rest } = answer;
  const data = around === null ? rest : { asked: around.asked, ...rest };
  const nowMs = at === null ? call.nowMs : answer.timeMs;
  const crowd = at === null ? await crowdAround(call, answer) : null;
  const story = (style: Style): string => whyText(style, answer, nowMs, { isPast: at !== null, crowd });
  return done(revision, { ...data, ...(crowd === null ? {} : { crowd }) }, (style) =>
    around === null
      ? story(style)
      : `${fitted(style, line`${around.asked}: ${around.told}`)}\n${story(style)}`,
  );
}

/** Of a scope that is free: those who hold others, where no more agents may. */
async function crowdAround(call: Call, { subject, locks }: WhyAnswer): Promise<Crowd | null> {
  if (subject.kind !== 'scope' || locks.length > 0) return null;
  const status = await (await call.coordinator()).query({ kind: 'status', at: null });
  const holders = holdersOfPlaces(status.locks);
  const { maxConcurrentAgents } = status.settings;
  return holders.length < maxConcurrentAgents ? null : { maxConcurrentAgents, holders };
}

async function ask(call: Call, subject: WhySubject, at: Moment | null): Promise<WhyAnswer> {
  return (await call.coordinator()).query({ kind: 'why', subject, at });
}

async function subjectOf(call: Call, input: WhyInput, at: Moment | null): Promise<WhySubject> {
  const { subject, as } = input;
  if (as === 'agent') return { kind: 'agent', agent: valueOf(parseAgentIdForm(subject)) };
  if (as === 'scope') return { kind: 'scope', scope: await scopeOf(call, subject) };
  if (as !== undefined) throw usageError(`--as ${as}: write 'scope' or 'agent'`);
  const [agent, named] = await Promise.all([agentNamed(call, subject, at), oneNameOf(call, subject)]);
  const scope = named.scope !== undefined && (await isScope(call, named.scope)) ? named.scope : null;
  if (agent !== null && scope !== null)
    throw invalidInput(`${subject} is an agent and a scope: add --as agent, or --as scope`);
  if (agent !== null) return { kind: 'agent', agent };
  if (named.resource !== undefined) return { kind: 'resource', resource: named.resource };
  if (named.file !== undefined) return { kind: 'file', file: named.file };
  return { kind: 'scope', scope: scope ?? (await scopeOf(call, subject)) };
}

/** The agent of this name if one is known at that moment, or anything is told about it. */
async function agentNamed(call: Call, name: string, at: Moment | null): Promise<AgentId | null> {
  const parsed = parseAgentIdForm(name);
  if (!parsed.ok) return null;
  const answer = await ask(call, { kind: 'agent', agent: parsed.value }, at);
  return isBlank(answer) ? null : parsed.value;
}

async function isScope(call: Call, path: ScopePath): Promise<boolean> {
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopesOf', paths: [path] });
  return scopes[0] === path;
}

/** Nothing is known, and nothing ever happened. */
function isBlank(answer: WhyAnswer): boolean {
  const { agent, locks, waiters, happened } = answer;
  return agent === null && locks.length + waiters.length + happened.length === 0;
}

/** What was asked for lies in a scope, about which there is more to tell. */
interface Around {
  readonly asked: string;
  readonly told: string;
  readonly scope: ScopePath;
}

/**
 * A scope about which there is nothing to tell is simply free; of what lies in a scope that is the one to tell of; a name that
 * nobody knows is a mistake.
 */
async function scopeAroundIt(call: Call, { subject }: WhyAnswer, { as }: WhyInput): Promise<Around | null> {
  const name = subjectName(subject);
  if (subject.kind === 'resource') return knownResource(call, subject.resource);
  const trouble = subject.kind === 'file' ? await fileTrouble(call, subject.file) : null;
  if (trouble !== null) throw invalidInput(trouble, { name });
  const file = subject.kind === 'file' && looksLikeAPath(name) ? await scopeOfFile(call, subject.file) : null;
  if (file !== null) return file;
  const known = await (await call.coordinator()).query({ kind: 'scopes' });
  const { scopes } = known;
  if (subject.kind === 'scope' && scopes.some((view) => view.path === subject.scope)) return null;
  const lead = subject.kind === 'agent' ? null : await leadTo(call, known, name as ScopePath);
  const scope = lead?.meant ?? null;
  if (lead !== null && scope !== null && (scope === '.' || name.startsWith(`${scope}/`)))
    return { asked: name, told: lead.told, scope };
  if (as === 'agent') throw unknown('agent', name, await agentOnlyLead(call, scopes, name));
  if (as === 'scope') throw unknown('scope', name, lead?.told ?? (await scopeOnlyLead(call, name)));
  // What is no path may be a misspelt agent as well.
  const hint = lead?.told ?? (await agentLead(call, name)) ?? 'see rhema scope list and rhema agent list';
  throw unknown('scope or agent', name, hint);
}

const unknown = (what: string, name: string, lead: string): CommandError =>
  invalidInput(`no ${what} ${JSON.stringify(name)} is known: ${lead}`, { name });

/** For who has said that an agent is meant: there may be none, but a scope of that path or name. */
async function agentOnlyLead(call: Call, scopes: readonly KnownScope[], name: string): Promise<string> {
  const scope = scopes.find((view) => view.path === name) ?? scopes.find((view) => view.name === name);
  if (scope === undefined) return (await agentLead(call, name)) ?? 'see rhema agent list';
  return line`there is a scope ${scope.path}; ask for that with --as scope`;
}

/** The same the other way round. */
async function scopeOnlyLead(call: Call, name: string): Promise<string> {
  const agent = await agentNamed(call, name, null);
  return agent === null ? 'see rhema scope list' : `there is an agent ${agent}; ask for that with --as agent`;
}

/** A single word may be a misspelt agent as well. */
const looksLikeAPath = (name: string): boolean => /[/.]/.test(name);

/** Also of a file that is not there yet. Null: it is in no scope, or the coordinator knew it as a scope a moment ago. */
async function scopeOfFile(call: Call, file: FilePath): Promise<Around | null> {
  const path = file as string as ScopePath;
  const { scopes, free } = await (await call.coordinator()).query({ kind: 'scopesOf', paths: [path] });
  const [scope = null] = scopes;
  if (scope === null || scope === path) return null;
  const place = scope === '.' ? 'in the top scope, .' : `in the scope ${scope}`;
  return {
    asked: file,
    told: free[0] === true ? `it is free, needs no lock, and is ${place}` : `it is ${place}`,
    scope,
  };
}

/** One that is declared and of which there is nothing to tell is free. */
async function knownResource(call: Call, resource: ResourceName): Promise<null> {
  const { settings } = await (await call.coordinator()).query({ kind: 'status', at: null });
  if (settings.resources[resource] !== undefined) return null;
  const declared = Object.keys(settings.resources).sort();
  throw invalidInput(`there is no resource ${resource}: there is ${declared.join(', ')}`, {
    resource,
    declared,
  });
}
