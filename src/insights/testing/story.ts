/** Logs that the machine itself has made, told in the words of the scenarios; `release alice api changed=a.ts,b.ts` tells of changes. */
import { asRevision, asTimeMs, type Entry, type FilePath, type Settings } from '../../core/index.ts';
import { Machine, type SaidCommand } from '../../../test/support/machine.ts';
import { parseCommand, parseDuration, parseLine, type Line } from '../../../test/scenarios/script.ts';
import { InsightReader, type Insights } from '../insights.ts';
import type { Opening } from '../opening.ts';

export interface Told {
  readonly log: readonly Entry[];
  readonly nowMs: number;
  readonly settings: Settings;
}

const roomy: Partial<Settings> = { maxConcurrentAgents: 10, maxBlockMs: 3_600_000 as Settings['maxBlockMs'] };

export function tell(lines: readonly string[], settings: Partial<Settings> = {}): Told {
  const machine = new Machine({ ...roomy, ...settings });
  for (const text of lines) {
    const line = parseLine(text);
    if (line.verb === 'advance') machine.advance(parseDuration(line.words[0] ?? ''));
    else machine.say(said(line, machine.state.settings));
  }
  return { log: machine.log, nowMs: machine.nowMs, settings: machine.initialSettings };
}

function said(line: Line, settings: Settings): SaidCommand {
  const command = parseCommand(line, settings);
  const changed = line.options.get('changed');
  if (changed === undefined || command.kind !== 'ReleaseLock' || command.scopes === null) return command;
  const files = (changed === 'none' ? [] : changed.split(',')) as FilePath[];
  const under = command.scopes.map((scope) => ({ scope, files, count: files.length }));
  const ofFiles = (command.files ?? []).map((file) => ({ file, files, count: files.length }));
  return { ...command, changed: [...under, ...ofFiles] };
}

export const beginning = (settings: Settings): Opening => ({
  revision: asRevision(0),
  timeMs: asTimeMs(1_000_000),
  locks: [],
  waiters: [],
  agents: [],
  scopes: [],
  settings,
});

export function insightsOf({ log, nowMs, settings }: Told, hasLog = true): Insights {
  const reader = new InsightReader(beginning(settings));
  for (const entry of log) reader.take(entry);
  return reader.result(
    { revision: log.at(-1)?.revision ?? asRevision(0), atMs: asTimeMs(nowMs) },
    { hasLog },
  );
}
