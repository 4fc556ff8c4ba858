import { resolve } from 'node:path';
import { asRevision } from '../../core/index.ts';
import { remedyFor, verifyLog } from '../../verify/index.ts';
import type { Finding, VerifyReport } from '../../verify/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line, safe } from '../format/text.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome, Refused } from '../answer/outcome.ts';
import type { OpenLog } from '../world/world.ts';
import { numberOption } from './number-option.ts';
import { ownLog } from './own-log.ts';
import { count, duration } from '../../wording/index.ts';

export interface VerifyLogInput {
  readonly file?: string;
  readonly every: string;
}

/** Whether a log is a behaviour of the machine, to the first place where it is not. */
export async function verifyLogFile(call: Call, input: VerifyLogInput): Promise<Outcome> {
  const invariantsEvery = numberOption('--every', input.every, 1, 1_000_000);
  const { clock } = call.ports;
  const startedAtMs = clock.monotonicMs();
  const source = await sourceOf(call, input.file);
  try {
    const progress = progressOf(call, source);
    const report = await verifyLog(source, { invariantsEvery, onProgress: progress.show });
    progress.end();
    const elapsedMs = Math.round(clock.monotonicMs() - startedAtMs);
    const figures = { ...report, elapsedMs, invariantsEvery, former: source.former ?? null };
    return report.finding === null ? sound(figures) : unsound(call, figures, report.finding);
  } finally {
    source.close();
  }
}

function sourceOf(call: Call, file: string | undefined): Promise<OpenLog> {
  const { logs } = call.world;
  if (file === '-') return logs.fromStandardInput();
  return file === undefined ? ownLog(call) : logs.open(resolve(call.cwd, file));
}

interface Figures extends VerifyReport {
  readonly elapsedMs: number;
  readonly invariantsEvery: number;
  /** Where the log is that was there before; null when that is not known. */
  readonly former: string | null;
}

function sound(figures: Figures): Outcome {
  const { finding: _finding, ...data } = figures;
  return done(asRevision(figures.revision), data, () => soundText(figures));
}

function soundText(figures: Figures): string {
  const { entries, after, revision, snapshots } = figures;
  if (entries === 0) return line`no entries after revision ${after}: there is nothing to verify`;
  const kept = snapshots === 0 ? '' : `, ${count(snapshots, 'snapshot')} as the log has it`;
  return [
    ...beginning(figures),
    line`${count(entries, 'entry', 'entries')} verified, revisions ${after + 1} to ${revision}: each is a step of the machine${kept}`,
    `${invariantsText(figures)}, all hold`,
    timeText(figures),
  ].join('\n');
}

function beginning({ after, former }: Figures): string[] {
  if (after === 0) return [];
  const begins = `the log begins after revision ${after}:`;
  if (former !== null) return [line`${begins} another one was there before, and is kept in ${former}`];
  return [`${begins} what was before was dropped, or was another log`];
}

function invariantsText({ invariants, invariantsEvery, revisionsChecked }: Figures): string {
  const checked = `${count(invariants.length, 'invariant')} checked at`;
  if (invariantsEvery === 1) return `${checked} each of them`;
  return `${checked} ${count(revisionsChecked, 'revision')} only, each ${invariantsEvery}th (--every)`;
}

function timeText({ elapsedMs, entries }: Figures): string {
  // Within the first second it is the start of the program that takes the time.
  const rate = elapsedMs < 1_000 ? '' : `, ${Math.round((entries * 1_000) / elapsedMs)} entries a second`;
  return `${duration(elapsedMs)}${rate}`;
}

function unsound(call: Call, figures: Figures, finding: Finding): Refused {
  const { finding: _finding, revision: soundRevision, ...data } = figures;
  const remedy = remedyFor(finding);
  const what = finding.command === null ? '' : ` (${finding.command})`;
  const message = `revision ${finding.revision}${what}: ${finding.problem}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: asRevision(soundRevision),
    code: `LOG_${finding.kind}`,
    message,
    details: { ...finding, remedy, soundRevision, ...data },
    lines: [safe(message), ...differenceLines(finding), ...beginning(figures), soundUpTo(figures), remedy],
  };

  function soundUpTo({ entries, revision }: Figures): string {
    return call.errorStyle.paint(
      'dim',
      entries === 0
        ? 'no entry before it'
        : `sound up to revision ${revision} (${count(entries, 'entry', 'entries')})`,
    );
  }
}

function differenceLines({ path, expected, recorded }: Finding): string[] {
  if (path === null && expected === null && recorded === null) return [];
  return [
    ...(path === null ? [] : [line`at        ${path === '' ? 'the entry' : path}`]),
    line`expected  ${valueText(expected)}`,
    line`recorded  ${valueText(recorded)}`,
  ];
}

/** Longest value that is shown whole, in characters; the JSON form has all of it. */
const valueLengthMax = 200;

function valueText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= valueLengthMax ? text : `${text.slice(0, valueLengthMax)}...`;
}

/** Shows on a terminal how far it is. */
function progressOf(call: Call, { bounds }: OpenLog): { show: (entries: number) => void; end: () => void } {
  const { stderr } = call.ports;
  if (!stderr.isTTY || call.quiet || call.json) return { show: () => undefined, end: () => undefined };
  const all = bounds.last - bounds.first + 1;
  const wipe = '\r\u001b[K';
  return {
    show: (entries) => stderr.write(`${wipe}${entries} of ${all} entries`),
    end: () => stderr.write(wipe),
  };
}
