import type { StatusAnswer } from '../../protocol/index.ts';
import { every } from '../../time/index.ts';
import type { Call } from '../call.ts';
import { inShort, isFresh, type LastLook } from '../../radar/index.ts';
import { lastText } from '../format/radar.ts';
import { statusText } from '../format/views.ts';
import { fitted } from '../format/width.ts';
import { line } from '../format/text.ts';
import { done, ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { untilSignal } from '../process/signals.ts';
import { momentOf } from './moment-of.ts';

export interface StatusInput {
  readonly watch?: boolean;
  readonly at?: string;
}

/** Everything at a glance, once or again after each change. */
export async function showStatus(call: Call, input: StatusInput): Promise<Outcome> {
  if (input.watch === true) return watchStatus(call);
  const at = momentOf(call, input.at);
  const answer = await (await call.coordinator()).query({ kind: 'status', at });
  const nowMs = at === null ? call.nowMs : answer.timeMs;
  const last = at === null ? await lastLook(call) : null;
  const { server = null } = await call.repository();
  const data = { ...statusData(answer), server, ...clashData(last) };
  return done(answer.revision, data, (style) => {
    const text = withClashes(call, statusText(style, answer, nowMs), last);
    return server === null ? text : `${fitted(style, line`coordinated by ${server}`)}\n${text}`;
  });
}

const toldForMs = 86_400_000;

/** What the radar found last, if that is not too long ago: looking anew would take too long. */
async function lastLook(call: Call): Promise<LastLook | null> {
  const last = call.world.radar.last(await call.repository());
  return last !== null && isFresh(last, call.nowMs, toldForMs) && last.clashes.length > 0 ? last : null;
}

function clashData(last: LastLook | null): Readonly<Record<string, unknown>> {
  return last === null ? {} : { clashes: { seenAtMs: last.atMs, ...inShort(last), more: last.more } };
}

function withClashes(call: Call, text: string, last: LastLook | null): string {
  return last === null ? text : `${text}\n\n${lastText(call.style, last, call)}`;
}

function statusData(answer: StatusAnswer): Readonly<Record<string, unknown>> {
  const { revision: _, ...data } = answer;
  return data;
}

/**
 * Draws anew after each change, and on a terminal every second, since ages and countdowns run on. As JSON: one line for
 * each change. A change that comes while drawing is drawn next, whatever has piled up since, once.
 */
async function watchStatus(call: Call): Promise<Outcome> {
  return ended(await untilSignal(call.ports, (signal) => drawOnChange(call, signal)));
}

async function drawOnChange(call: Call, signal: AbortSignal): Promise<void> {
  const coordinator = await call.coordinator();
  let shown = await draw(call);
  const stopTicking = call.ports.stdout.isTTY
    ? every(call.ports.clock, 1_000, async () => void (await draw(call)))
    : () => undefined;
  try {
    for await (const entry of coordinator.watch(nextRevision(shown), signal))
      if (entry.revision > shown.revision) shown = await draw(call);
  } finally {
    stopTicking();
  }
}

const nextRevision = (answer: StatusAnswer): StatusAnswer['revision'] =>
  (answer.revision + 1) as StatusAnswer['revision'];

async function draw(call: Call): Promise<StatusAnswer> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const last = await lastLook(call);
  if (call.json) {
    call.printJson({ ok: true, revision: answer.revision, ...statusData(answer), ...clashData(last) });
    return answer;
  }
  const text = withClashes(call, statusText(call.style, answer, call.nowMs), last);
  const clear = call.ports.stdout.isTTY ? '\u001b[H\u001b[2J' : '';
  call.print(`${clear}${text}\n`);
  return answer;
}
