import { told, type ToolAnswer } from '../answer.ts';
import type { ToolArguments } from '../schemas.ts';
import { seatLines } from '../seat-words.ts';
import { lastEntries, statusText } from '../views.ts';
import type { Work } from './handler.ts';

/** Everything at a glance. */
export async function status(
  { workspace, clock, desk }: Work,
  input: ToolArguments<'coordination_status'>,
): Promise<ToolAnswer> {
  const { coordinator } = workspace;
  const answer = await desk.lookAtAll();
  const parts = [...seatLines(desk.seats.all, clock.nowMs()), statusText(answer, clock.nowMs())];
  if (input.log !== undefined) parts.push(await lastEntries(coordinator, input.log));
  return told(parts.join('\n'), { revision: answer.revision });
}
