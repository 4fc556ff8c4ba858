import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  initialState,
  invariantNames,
  targetOf,
  type Entry,
  type Event,
  type ScopePath,
} from '../core/index.ts';
import { LogVerifier } from '../verify/index.ts';
import type { Plot } from './director.ts';
import { notesFile, refusalsOf, type Refused } from './report.ts';

/** What the log, the files and the agents' own words add up to. */
export interface Verdict {
  readonly figures: readonly (readonly [name: string, value: string])[];
  /** Why this run is not what was promised; empty when all is well. */
  readonly faults: readonly string[];
}

/** Judges a run by verifying its log and comparing with what agents were told and files contain. */
export function judge(plot: Plot, worktree: string): Verdict {
  const faults = [
    ...replayFaults(plot.entries),
    ...holdFaults(plot.entries),
    ...reportFaults(plot),
    ...fileFaults(plot, worktree),
    ...plotFaults(plot),
  ];
  return { figures: figures(plot), faults };
}

/** Each entry is a step of the machine, and every invariant holds at every revision. */
export function replayFaults(entries: readonly Entry[]): string[] {
  const verifier = new LogVerifier(initialState());
  for (const entry of entries) {
    const found = verifier.take(entry);
    if (found !== null) return [`revision ${found.revision} (${found.command}): ${found.problem}`];
  }
  return [];
}

/** Read from the events alone, without the core: nothing is held twice, by two who overlap, and tokens grow. */
export function holdFaults(entries: readonly Entry[]): string[] {
  const faults: string[] = [];
  const held = new Map<string, Granted>();
  const last = new Map<string, number>();
  for (const entry of entries)
    for (const event of entry.events) {
      if (event.kind === 'lock.granted') {
        const name = targetOf(event);
        if (heldBeside(held, event)) faults.push(`revision ${entry.revision}: ${name} is held twice`);
        if ((last.get(name) ?? 0) >= entry.revision)
          faults.push(`revision ${entry.revision}: the token of ${name} does not grow`);
        held.set(name, event);
        last.set(name, entry.revision);
      } else if (isEndOfLock(event)) held.delete(targetOf(event));
    }
  return faults;
}

type Granted = Extract<Event, { kind: 'lock.granted' }>;

/** Whether the same is held, or somebody else has what overlaps it: the whole of its scope, or a file of it. */
function heldBeside(held: ReadonlyMap<string, Granted>, event: Granted): boolean {
  if (held.has(targetOf(event))) return true;
  const { scope, file, agent } = event;
  if (scope === undefined) return false;
  const isOther = (other: Granted): boolean =>
    other.scope === scope && other.agent !== agent && (file === undefined || other.file === undefined);
  return [...held.values()].some(isOther);
}

function isEndOfLock(
  event: Event,
): event is Extract<Event, { kind: 'lock.released' | 'lock.expired' | 'lock.revoked' }> {
  return event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked';
}

/** Whatever an agent was told is in the log. */
function reportFaults({ actors, entries }: Plot): string[] {
  const granted = tokensOf(entries, 'lock.granted');
  const modified = tokensOf(entries, 'context.modified');
  return actors.flatMap((actor) =>
    actor.reports.flatMap((report) => {
      if (report.kind === 'granted' && !granted.has(`${report.scope}@${report.token}`))
        return [
          `${actor.name} was granted ${report.scope} under ${report.token}, but the log does not have it`,
        ];
      if (report.kind === 'edited' && !modified.has(`${report.scope}@${report.token}`))
        return [`${actor.name} edited ${report.scope} under ${report.token}, but the log does not have it`];
      return [];
    }),
  );
}

function tokensOf(entries: readonly Entry[], kind: 'lock.granted' | 'context.modified'): Set<string> {
  const tokens = new Set<string>();
  for (const entry of entries)
    for (const event of entry.events) {
      if (event.kind !== kind) continue;
      if (event.kind === 'context.modified') tokens.add(`${event.scope}@${event.token}`);
      else tokens.add(`${targetOf(event)}@${entry.revision}`);
    }
  return tokens;
}

/** The edited files hold every write that was accepted, in order of their tokens, and nothing else. */
function fileFaults({ entries }: Plot, worktree: string): string[] {
  const writes = new Map<string, { readonly tokens: number[]; digest: string }>();
  for (const event of entries.flatMap((entry) => entry.events)) {
    if (event.kind !== 'context.modified') continue;
    const known = writes.get(event.scope) ?? { tokens: [], digest: '' };
    known.tokens.push(event.token);
    known.digest = event.digest;
    writes.set(event.scope, known);
  }
  return [...writes].flatMap(([scope, { tokens, digest }]) => {
    const path = join(worktree, scope, notesFile);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const found = [...text.matchAll(/token: (\d+)/g)].map((match) => Number(match[1]));
    if (createHash('sha256').update(text).digest('hex') !== digest)
      return [`${scope}/${notesFile} is not what the log says was written last`];
    return found.join() === tokens.join() ? [] : [`${scope}/${notesFile} has lost or gained a write`];
  });
}

/** In a repository whose scopes depend on none, the only cycle to ask for is a scope that depends on itself. */
const cycleCodes: ReadonlySet<string> = new Set(['DEPENDENCY_CYCLE', 'SELF_DEPENDENCY']);

/** What the director provoked has happened, and was dealt with. */
export function plotFaults(plot: Plot): string[] {
  const faults: string[] = [];
  const expect = (isTrue: boolean, fault: string): void => {
    if (!isTrue) faults.push(fault);
  };
  for (const actor of plot.actors) {
    const refusals = refusalsOf(actor.reports);
    if (actor.role === 'victim') expect(actor.end?.signal === 'SIGKILL', `${actor.name} was not killed`);
    else
      expect(
        actor.end?.code === 0,
        `${actor.name} ended with ${JSON.stringify(actor.end)}: ${actor.complaint}`,
      );
    if (actor.role === 'sleeper')
      expect(
        refusals.some(({ attempt, code }) => attempt === 'write' && code === 'STALE_FENCING_TOKEN'),
        `${actor.name} wrote under a stale token and was not refused for it`,
      );
    if (actor.role === 'cyclist')
      expect(
        refusals.some(({ attempt, code }) => attempt === 'cycle' && cycleCodes.has(code)),
        `${actor.name} asked for a cycle and was not refused for it`,
      );
  }
  expect(wereSideBySide(plot), 'no two neighbours held files of one scope at the same time');
  expect(plot.killedOwners.length > 0, 'the coordinator was not killed');
  return faults;
}

/** Two held files of one scope before either gave its own back. */
function wereSideBySide({ actors, entries }: Plot): boolean {
  const names = new Set(actors.filter(({ role }) => role === 'neighbour').map(({ name }) => name));
  const held = new Map<string, ScopePath>();
  for (const event of entries.flatMap((entry) => entry.events)) {
    if (event.kind !== 'lock.granted' && event.kind !== 'lock.released') continue;
    if (!names.has(event.agent) || event.file === undefined) continue;
    if (event.kind === 'lock.released') held.delete(event.agent);
    else held.set(event.agent, event.scope);
    if (held.size === 2 && new Set(held.values()).size === 1) return true;
  }
  return false;
}

function figures({ actors, entries, killedOwners }: Plot): Verdict['figures'] {
  const events = entries.flatMap((entry) => entry.events);
  const count = (kind: Event['kind']): string => String(events.filter((event) => event.kind === kind).length);
  const reports = actors.flatMap((actor) => actor.reports);
  const waits = reports.flatMap((report) => (report.kind === 'granted' ? [report.waitedMs] : []));
  return [
    ['agents', `${actors.length}, ${actors.filter(({ way }) => way === 'mcp').length} of them through MCP`],
    ['commands in the log', String(entries.length)],
    ['locks granted', count('lock.granted')],
    ['edits under lock', count('context.modified')],
    ['waits p50', `${percentile(waits, 0.5).toFixed(1)} ms`],
    ['waits p99', `${percentile(waits, 0.99).toFixed(1)} ms`],
    ['leases that expired', count('lock.expired')],
    ['agents lost', count('agent.lost')],
    ['coordinators killed', String(killedOwners.length)],
    ['refused', refusedByCode(refusalsOf(reports))],
    ['invariants checked', `${invariantNames.length} at each of ${entries.length} revisions`],
  ];
}

function refusedByCode(refusals: readonly Refused[]): string {
  const counts = new Map<string, number>();
  for (const { code } of refusals) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, times]) => `${code} x${times}`).join(', ') || 'nothing';
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
