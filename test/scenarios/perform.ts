/** Performs a scenario and writes down what is answered and what happens, for people to read and for diffs to show. */
import {
  asRevision,
  asTimeMs,
  defaultSettings,
  must,
  noticesFor,
  shownTarget,
  type Decision,
  type Entry,
  type State,
} from '../../src/core/index.ts';
import { agentId, Machine } from '../support/machine.ts';
import { parseCommand, parseDuration, parseLine, parseSettings, type Line } from './script.ts';

/**
 * The scenario with its answers written anew. Lines that start with two spaces are answers; everything else is kept.
 * `+60s` is a moment, counted from the start.
 */
export function perform(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('  '));
  const stage = new Stage();
  return lines.flatMap((line) => [line, ...stage.say(line.trim()).map((answer) => `  ${answer}`)]).join('\n');
}

class Stage {
  #machine = new Machine();
  readonly #startMs = this.#machine.nowMs;
  #told = 0;
  /** By agent: up to where it was told what happened. */
  readonly #upTo = new Map<string, { readonly revision: number; readonly atMs: number }>();

  say(text: string): string[] {
    if (text === '' || text.startsWith('#')) return [];
    const line = parseLine(text);
    const answer = this.#answer(line);
    return [...answer, ...this.#happened()];
  }

  #answer(line: Line): string[] {
    if (line.verb === 'settings') return this.#begin(line);
    if (line.verb === 'show') return this.#show();
    if (line.verb === 'tell') return this.#tell(line.words[0] ?? '');
    if (line.verb === 'advance') this.#machine.advance(parseDuration(line.words[0] ?? ''));
    else if (line.verb === 'sleep') this.#machine.nowMs += parseDuration(line.words[0] ?? '');
    else return [this.#decided(this.#machine.say(parseCommand(line, this.#machine.state.settings)))];
    return [];
  }

  #begin(line: Line): string[] {
    if (this.#machine.log.length > 0) throw new Error('settings come first');
    this.#machine = new Machine({ ...defaultSettings, ...parseSettings(line) }, { audited: true });
    return [];
  }

  #decided(decision: Decision): string {
    if (decision.kind === 'rejected')
      return `refused ${decision.rejection.code}: ${decision.rejection.message}`;
    const again = decision.kind === 'repeated' ? `the answer of revision ${decision.revision} again: ` : '';
    return `${again}${decision.result.kind}${this.#fields(decision.result, ['kind'])}`;
  }

  /** Events since the last line, each with its revision; those that came by time also with their moment. */
  #happened(): string[] {
    const entries = this.#machine.log.slice(this.#told);
    this.#told = this.#machine.log.length;
    return entries.flatMap((entry) => this.#events(entry));
  }

  #events({ revision, events, kind, atMs }: Entry): string[] {
    const moment = kind === 'ExpireDue' ? ` at ${this.#moment(atMs)}` : '';
    return events.map(
      (event) =>
        `${String(revision).padStart(3)}${moment} ${event.kind}${this.#fields(event, ['kind', 'session', 'metadata', 'epoch', 'digest', 'settings', 'clock'])}`,
    );
  }

  #fields(record: object, left: readonly string[]): string {
    return Object.entries(record)
      .filter(([key, value]) => !left.includes(key) && value !== null && isTold(value))
      .map(([key, value]) => ` ${key.replace(/Ms$/, '')}=${this.#value(key, value)}`)
      .join('');
  }

  #value(key: string, value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((each) => this.#value(key, each)).join(', ')}]`;
    if (typeof value === 'object' && value !== null)
      return `(${this.#fields(value, ['name', 'type']).trim()})`;
    if (key === 'digest') return Buffer.from(String(value), 'hex').toString().replaceAll('\0', '');
    if (key === 'ttlMs' || key === 'waitMs') return `${Number(value) / 1_000}s`;
    return key.endsWith('Ms') ? this.#moment(Number(value)) : String(value);
  }

  #moment(atMs: number): string {
    return `+${(atMs - this.#startMs) / 1_000}s`;
  }

  /** What the agent is told at its next call. */
  #tell(name: string): string[] {
    const { state, log, nowMs } = this.#machine;
    const agent = agentId(name);
    const who = { agent, epoch: must(state.agents.get(agent), `${name} has joined`).epoch };
    const after = this.#upTo.get(name) ?? { revision: who.epoch, atMs: 0 };
    this.#upTo.set(name, { revision: state.revision, atMs: nowMs });
    const notices = noticesFor(state, who, {
      after: asRevision(after.revision),
      upTo: state.revision,
      afterMs: asTimeMs(after.atMs),
      upToMs: asTimeMs(nowMs),
      entries: log.filter(({ revision }) => revision > after.revision),
      begun: new Map(log.map((entry) => [entry.revision, entry])),
    });
    return notices.map(({ kind, ...rest }) => `told ${kind}${this.#fields(rest, [])}`);
  }

  #show(): string[] {
    const { state } = this.#machine;
    return [
      ...agentsOf(state),
      ...scopesOf(state),
      ...this.#locksOf(state),
      ...queueOf(state),
      ...syncsOf(state),
    ];
  }

  #locksOf(state: State): string[] {
    return [...state.locks.values()].map(
      ({ target, agent, token, deadlineMs }) =>
        `${target} is held by ${agent}, token ${token}, until ${this.#moment(deadlineMs)}`,
    );
  }
}

const isTold = (value: unknown): boolean => typeof value !== 'object' || Object.keys(value ?? {}).length > 0;

function agentsOf(state: State): string[] {
  return [...state.agents.values()].map(
    ({ id, epoch, status, presence, lastReport }) =>
      `${id} is ${presence === 'lost' ? 'lost' : status}, epoch ${epoch}${lastReport === null ? '' : `, says ${lastReport.text}`}`,
  );
}

function scopesOf(state: State): string[] {
  return [...state.scopes.values()]
    .filter((scope) => scope.withdrawn)
    .map(({ path }) => `${path} is withdrawn`);
}

function queueOf(state: State): string[] {
  return [...state.tickets.values()].map(
    ({ ticket, agent, targets }) =>
      `ticket ${ticket}: ${agent} waits for ${targets.map(shownTarget).join(', ')}`,
  );
}

function syncsOf(state: State): string[] {
  return [...state.syncs.values()].map(
    ({ scope, status, failures }) =>
      `the sync of ${scope} is ${status}${failures > 0 ? `, failures ${failures}` : ''}`,
  );
}
