/**
 * A log in short: what was busiest, who waited for whom, and what is worth a thought. Entries are told one by one, in order; what
 * is kept grows with what there is (agents, targets), not with the length of the log.
 */
import type { Entry, Revision, Settings, TimeMs } from '../core/index.ts';
import { command, findingKinds, setting } from './finding.ts';
import type { Finding, FindingKind, Reader } from './finding.ts';
import { HandoverReader } from './handovers.ts';
import { IdleHolders } from './idle.ts';
import { Lapses } from './lapses.ts';
import { MeetingReader } from './meetings.ts';
import { NeedlessWaits } from './needless.ts';
import type { Opening } from './opening.ts';
import { StuckAgents } from './stuck.ts';
import {
  suggestForIdle,
  suggestForLapse,
  suggestForScope,
  suggestForShare,
  suggestForTarget,
} from './suggest.ts';
import { Tallies, type PairTally, type TargetTally } from './tallies.ts';
import { findingsOfKindMax, rowsMax, thresholds } from './thresholds.ts';

export interface Insights {
  readonly window: Window;
  readonly totals: Totals;
  /** Waited for longest, then held longest. */
  readonly busiest: readonly Omit<TargetTally, 'name'>[];
  readonly waitsOn: readonly PairTally[];
  readonly findings: readonly Finding[];
  /** Findings that are not told, by kind; a kind without any is left out. */
  readonly more: Readonly<Partial<Record<FindingKind, number>>>;
}

export interface Window {
  /** After it begins what is counted. */
  readonly after: Revision;
  readonly revision: Revision;
  readonly sinceMs: TimeMs;
  readonly untilMs: TimeMs;
  readonly entries: number;
}

export interface Totals {
  readonly agents: number;
  readonly holds: number;
  readonly waits: number;
  readonly workingMs: number;
  readonly waitedMs: number;
  /** Which part of both was waiting, 0 to 1. */
  readonly waitShare: number;
}

export class InsightReader {
  readonly #opening: Opening;
  readonly #tallies = new Tallies();
  readonly #lapses = new Lapses();
  readonly #handovers = new HandoverReader();
  readonly #needless = new NeedlessWaits();
  readonly #idle = new IdleHolders();
  readonly #stuck: StuckAgents;
  readonly #meetings: MeetingReader;
  #settings: Settings;
  #entries = 0;

  constructor(opening: Opening) {
    this.#opening = opening;
    this.#settings = opening.settings;
    this.#stuck = new StuckAgents(opening);
    const [tallies, needless, handovers, stuck] = [
      this.#tallies,
      this.#needless,
      this.#handovers,
      this.#stuck,
    ];
    this.#meetings = new MeetingReader(opening, {
      holdBegan: (hold) => {
        for (const part of [tallies, needless, handovers, stuck]) part.holdBegan(hold);
      },
      holdEnded: (hold, waitedMs) => {
        for (const part of [tallies, needless, handovers, stuck, this.#lapses]) part.holdEnded(hold);
        this.#idle.holdEnded(hold, waitedMs);
      },
      waitBegan: (wait) => tallies.waitBegan(wait),
      waitEnded: (wait, shares) => {
        tallies.waitEnded(wait, shares);
        needless.waitEnded(wait);
        stuck.waitEnded(wait);
      },
      met: (meeting) => needless.met(meeting),
    });
  }

  /** Each entry after the opening, in order. */
  take(entry: Entry): void {
    this.#entries += 1;
    this.#stuck.take(entry);
    this.#meetings.take(entry);
    this.#lapses.take(entry);
    for (const event of entry.events) if (event.kind === 'settings.changed') this.#settings = event.settings;
  }

  /** At the end of the log; once. */
  result(end: { readonly revision: Revision; readonly atMs: TimeMs }, reader: Reader): Insights {
    this.#meetings.finish(end.atMs);
    const { revision: after, timeMs: sinceMs } = this.#opening;
    const totals = this.#totals();
    const all = this.#findings(end.atMs, totals, reader);
    return {
      window: { after, revision: end.revision, sinceMs, untilMs: end.atMs, entries: this.#entries },
      totals,
      busiest: this.#busiest().slice(0, rowsMax).map(withoutName),
      waitsOn: this.#pairs().slice(0, rowsMax),
      ...firstOfEach(all),
    };
  }

  #totals(): Totals {
    const { agents, holds, waits, waitedMs } = this.#tallies;
    const workingMs = [...agents.values()].reduce((sum, time) => sum + time.workingMs, 0);
    const bothMs = workingMs + waitedMs;
    return {
      agents: agents.size,
      holds,
      waits,
      workingMs,
      waitedMs,
      waitShare: bothMs === 0 ? 0 : waitedMs / bothMs,
    };
  }

  #busiest(): TargetTally[] {
    return [...this.#tallies.targets.values()].sort(
      (a, b) => b.waitedMs - a.waitedMs || b.heldMs - a.heldMs || (a.target < b.target ? -1 : 1),
    );
  }

  #pairs(): PairTally[] {
    return [...this.#tallies.pairs.values()].sort((a, b) => b.waitedMs - a.waitedMs);
  }

  /** Of each kind the heaviest first. */
  #findings(untilMs: TimeMs, totals: Totals, reader: Reader): Finding[] {
    return [...this.#ofAgents(untilMs), ...this.#ofWaiting(totals, reader), ...this.#ofTargets(reader)];
  }

  #ofAgents(untilMs: TimeMs): Finding[] {
    const settings = this.#settings;
    return [
      ...this.#stuck.found(untilMs).map((evidence): Finding => {
        return { kind: 'stuck', evidence, suggestion: command('why', evidence.agent, '--as', 'agent') };
      }),
      ...heaviest(this.#lapses.found.values(), ({ count }) => count).map((evidence): Finding => {
        return { kind: 'lapsed', evidence, suggestion: suggestForLapse(evidence, settings) };
      }),
      ...heaviest(this.#idle.found.values(), ({ waitedMs }) => waitedMs).map((evidence): Finding => {
        return { kind: 'idleHolder', evidence, suggestion: suggestForIdle(evidence, settings) };
      }),
    ];
  }

  #ofWaiting({ waitShare: share, waitedMs, workingMs, agents }: Totals, reader: Reader): Finding[] {
    const { freeMs, longestFree } = this.#tallies;
    const findings: Finding[] = [];
    if (share >= thresholds.waitShareMin && waitedMs >= thresholds.shareWaitedMinMs)
      findings.push({
        kind: 'waitShare',
        evidence: { waitedMs, workingMs, share },
        suggestion: suggestForShare(agents, reader),
      });
    const places = this.#settings.maxConcurrentAgents;
    if (freeMs >= thresholds.waitedMinMs && longestFree !== null)
      findings.push({
        kind: 'places',
        evidence: { waitedMs: freeMs, longest: longestFree, places },
        suggestion: setting('max_concurrent_agents', String(places + 1)),
      });
    for (const evidence of this.#pairs())
      if (evidence.waitedMs >= thresholds.waitedMinMs)
        findings.push({
          kind: 'waitsOn',
          evidence,
          suggestion: command('log', '--agent', evidence.holder, '--event', 'lock'),
        });
    return findings;
  }

  #ofTargets(reader: Reader): Finding[] {
    const settings = this.#settings;
    const busy = this.#busiest().filter(({ waitedMs }) => waitedMs >= thresholds.waitedMinMs);
    const needless = heaviest(this.#needless.found.values(), ({ savedMs }) => savedMs);
    return [
      ...busy.map((tally): Finding => {
        const suggestion = suggestForTarget(tally.name, settings, reader);
        return { kind: 'busyTarget', evidence: withoutName(tally), suggestion };
      }),
      ...needless
        .filter(({ savedMs }) => savedMs >= thresholds.waitedMinMs)
        .map((evidence): Finding => {
          const suggestion = suggestForScope(evidence.scope, settings, reader);
          return { kind: 'needlessWaits', evidence, suggestion };
        }),
      ...heaviest(this.#handovers.found(), ({ count }) => count).map((row): Finding => {
        const suggestion = command('lock', 'history', row.target);
        return { kind: 'oscillation', evidence: withoutName(row), suggestion };
      }),
    ];
  }
}

function withoutName<T extends { readonly name: unknown }>(named: T): Omit<T, 'name'> {
  const { name: _name, ...rest } = named;
  return rest;
}

const heaviest = <T>(all: Iterable<T>, weight: (one: T) => number): T[] =>
  [...all].sort((a, b) => weight(b) - weight(a));

function firstOfEach(all: readonly Finding[]): Pick<Insights, 'findings' | 'more'> {
  const findings: Finding[] = [];
  const more: Partial<Record<FindingKind, number>> = {};
  for (const kind of findingKinds) {
    const ofKind = all.filter((finding) => finding.kind === kind);
    findings.push(...ofKind.slice(0, findingsOfKindMax));
    if (ofKind.length > findingsOfKindMax) more[kind] = ofKind.length - findingsOfKindMax;
  }
  return { findings, more };
}
