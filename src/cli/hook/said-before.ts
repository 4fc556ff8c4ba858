/**
 * What was said to all between the beginning of a session and its first act: its agent had not joined by then, so it was among
 * nobody's readers, though it was told that it works here.
 */
import type { Entry } from '../../core/index.ts';
import { messageLead } from '../../wording/index.ts';
import { line } from '../format/text.ts';
import type { HookWork } from './hook-work.ts';

/** More than anybody reads at once. */
const saidMax = 20;

/** When its agent joins: it is told at the next moment at which its client passes something on. */
export async function noteSaidBefore({ call, memory }: HookWork): Promise<void> {
  const begunAt = memory.begunAt();
  if (begunAt === null) return;
  memory.keepBegunAt(null);
  const coordinator = await call.coordinator();
  const filter = { events: ['message.sent'] };
  const { entries } = await coordinator.query({ kind: 'history', filter, limit: saidMax, before: null });
  const said = entries
    .filter(({ revision }) => revision > begunAt)
    .toReversed()
    .flatMap(saidToAll);
  if (said.length > 0) memory.keepUntold([...memory.untold(), ...said]);
}

function saidToAll({ revision, atMs, events }: Entry): readonly string[] {
  return events.flatMap((event) => {
    if (event.kind !== 'message.sent' || event.way.kind !== 'all') return [];
    const { agent: from = null, by = null, messageKind, way, text } = event;
    const message = { revision, atMs, from, by, messageKind, way, text };
    return [line`${messageLead(message, { agent: asIs, name: asIs, text: asIs })}: ${text}`];
  });
}

const asIs = (text: string): string => text;
