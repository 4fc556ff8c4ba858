import type { AgentId, Revision } from '../../core/index.ts';
import { parseAgentIdForm } from '../../core/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import { concerned, look, type Look } from '../../radar/index.ts';
import { onAbort, wakeAtFirst } from '../../time/index.ts';
import type { Call } from '../call.ts';
import { usageError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, ended, type Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import { clashesText, gapsText, lookedText, type ShownClash } from '../format/radar.ts';
import { clockTime } from '../format/time.ts';
import { whileTelling } from '../process/live-line.ts';
import { untilSignal } from '../process/signals.ts';
import { durationOption } from './acquiring.ts';
import { noSuchAgent } from './agent-lead.ts';

export interface RadarInput {
  readonly branches?: boolean;
  readonly agent?: string;
  readonly watch?: boolean;
  readonly every?: string;
}

/** What will clash when working trees and branches come together, once or again and again. */
export async function showRadar(call: Call, input: RadarInput): Promise<Outcome> {
  if (input.every !== undefined && input.watch !== true)
    throw usageError('--every goes with --watch: add that, or leave --every out to look once');
  const everyMs = await durationOption('--every', input.every ?? '10s');
  if (everyMs < everyMinMs) throw usageError('--every takes a second or more');
  const agent = input.agent === undefined ? null : valueOf(parseAgentIdForm(input.agent));
  let found: Seen | null = null;
  const code = await untilSignal(call.ports, async (signal) => {
    if (input.watch === true) await watch(call, signal, everyMs, () => seen(call, input, agent, signal));
    else found = await unlessEnded(signal, () => seen(call, input, agent, signal));
  });
  return found === null ? ended(code) : outcomeOf(call, found);
}

/** What fails because a signal has ended it is nobody's trouble. */
async function unlessEnded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

const everyMinMs = 1_000;

interface Seen {
  readonly look: Look;
  readonly clashes: readonly ShownClash[];
  /** Null: no agents are coordinated here. */
  readonly revision: Revision | null;
}

async function seen(
  call: Call,
  input: RadarInput,
  agent: AgentId | null,
  signal: AbortSignal,
): Promise<Seen> {
  const status = await statusOf(call);
  if (agent !== null && status.revision !== null && status.agents.every((view) => view.agent !== agent))
    throw await noSuchAgent(call, agent);
  const found = await whileTelling(call, 'trying merges', () => lookOnce(call, input, signal));
  const clashes = found.clashes.map(({ between: [left, right], ...clash }): ShownClash => ({
    ...clash,
    between: [left, right],
    agents: [concerned(status, clash.file, left), concerned(status, clash.file, right)],
  }));
  return {
    look: found,
    clashes: agent === null ? clashes : clashes.filter(({ agents }) => agents.flat().includes(agent)),
    revision: status.revision,
  };
}

/** What it has made is removed, also when a signal ends it halfway. */
async function lookOnce(call: Call, { branches }: RadarInput, signal: AbortSignal): Promise<Look> {
  const repository = await call.repository();
  const { radar } = call.world;
  const git = await radar.open(repository, { branches: branches === true, nowMs: call.nowMs });
  const close = (): void => git.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const memory = radar.memory(repository);
    const found = await look(git, memory);
    radar.keep(repository, { memory, look: found, atMs: call.nowMs });
    return found;
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

type Known = Pick<StatusAnswer, 'agents' | 'locks'> & { readonly revision: Revision | null };

async function statusOf(call: Call): Promise<Known> {
  try {
    return await (await call.coordinator()).query({ kind: 'status', at: null });
  } catch (error) {
    if (isDisabled(error)) return { agents: [], locks: [], revision: null };
    throw error;
  }
}

function outcomeOf(call: Call, found: Seen): Outcome {
  const { revision, clashes } = found;
  const data = dataOf(found);
  const message = lookedText({ ...found.look, clashes });
  if (clashes.length === 0)
    return done(revision, data, (style) =>
      [message, gapsText(style, found.look)].filter((part) => part !== '').join('\n'),
    );
  call.show(clashesText(call.style, clashes));
  const lines = [message, ...gapsText(call.errorStyle, found.look).split('\n')].filter((text) => text !== '');
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision,
    code: 'CLASHES_FOUND',
    message,
    details: data,
    lines,
  };
}

function dataOf({
  look: { sides, unread, unmerged, leftOut, merged, remembered },
  clashes,
}: Seen): Readonly<Record<string, unknown>> {
  return { clashes, sides, unread, unmerged, leftOut, merged, remembered };
}

async function watch(
  call: Call,
  signal: AbortSignal,
  everyMs: number,
  again: () => Promise<Seen>,
): Promise<void> {
  let shown: string | null = null;
  while (!signal.aborted) {
    const found = await unlessEnded(signal, again);
    if (found === null) return;
    const text = JSON.stringify([found.clashes, found.look.unread, found.look.unmerged]);
    if (call.json) call.printJson({ ok: true, revision: found.revision, ...dataOf(found) });
    else if (text !== shown) draw(call, found);
    shown = text;
    await wakeAtFirst((wake) => call.ports.clock.schedule(everyMs, wake), onAbort(signal));
  }
}

function draw(call: Call, { look: found, clashes }: Seen): void {
  const parts = [
    `${clockTime(call.nowMs, call.nowMs)} ${lookedText({ ...found, clashes })}`,
    clashes.length === 0 ? '' : clashesText(call.style, clashes),
    gapsText(call.style, found),
  ];
  const clear = call.ports.stdout.isTTY ? '\u001b[H\u001b[2J' : '';
  call.print(`${clear}${parts.filter((part) => part !== '').join('\n')}`);
}
