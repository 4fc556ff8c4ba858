import type { Grant } from '../core/index.ts';
import { formerHoldersOf, type Held } from '../participant/index.ts';
import type { DeskAgent } from '../participant/desk/index.ts';
import { formerHolderTexts } from '../wording/index.ts';
import { quoting } from './events.ts';
import type { Work } from './handlers/handler.ts';

/** Who had what an agent has just got, since it had that last; nothing where nobody did. */
export async function formerLines(
  { workspace, clock }: Pick<Work, 'workspace' | 'clock'>,
  { session }: DeskAgent,
  locks: readonly (Held & Pick<Grant, 'already'>)[],
): Promise<readonly string[]> {
  const former = await formerHoldersOf(workspace.coordinator, clock, session, locks);
  const reader = { nowMs: clock.nowMs(), as: quoting };
  const lines = formerHolderTexts(former, reader);
  return lines.length === 0 ? [] : [...lines, 'Read again what changed before you write there.'];
}
