/**
 * What an agent is told that is refused an edit by a limit alone, though nobody may be at work there. To give something back is no way
 * out: what it holds it has changed, and not committed.
 */
import { settingBounds, shownNames, type Rejection, type Wish } from '../../core/index.ts';
import { count, someNames } from '../../wording/index.ts';
import { line } from '../format/text.ts';

interface Limit {
  readonly option: string;
  /** What is at its limit. */
  readonly told: string;
  /** That would do; null: it cannot be so much. */
  readonly needed: number | null;
}

/** The lines of the refusal; null: it is refused by no limit of what one agent may hold. */
export function limitRefusal(rejection: Rejection, wish: Wish): readonly string[] | null {
  const limit = limitOf(rejection);
  if (limit === null) return null;
  const { option, told, needed } = limit;
  const raised = needed === null ? '' : line`: ${needed} or more`;
  return [
    line`rhema: not written: ${someNames(shownNames(wish))} is refused by ${option}, ${told}.`,
    '  Give nothing back that you have not committed. Commit what is finished, then try again;',
    line`  or ask your user to raise ${option} under agent_coordination in the rhema.yaml of the top folder${raised}.`,
  ];
}

function limitOf({ code, details }: Rejection): Limit | null {
  switch (code) {
    case 'AGENT_HOLDS_LOCK': {
      const { heldIn = [], askedIn = [], maxLocksPerAgent: max = heldIn.length } = details;
      const told = `since you work in ${someNames(heldIn)}, and may in ${count(max, 'scope')} at once`;
      return within('maxLocksPerAgent', told, new Set([...heldIn, ...askedIn]).size);
    }
    case 'LOCK_LIMIT_REACHED':
      return within(
        'maxLocksPerAgent',
        `since it is in ${count(details.asked, 'scope')}, and you may work in ${details.maxLocksPerAgent} at once`,
        details.asked,
      );
    case 'FILE_LIMIT_REACHED':
      return within(
        'maxFilesPerAgent',
        `since you hold ${count(details.held, 'file')}, and may hold ${details.maxFilesPerAgent}`,
        details.held + details.asked,
      );
    default:
      return null;
  }
}

const options = {
  maxLocksPerAgent: 'max_locks_per_agent',
  maxFilesPerAgent: 'max_files_per_agent',
} as const;

function within(field: keyof typeof options, told: string, needed: number): Limit {
  return { option: options[field], told, needed: needed > settingBounds[field][1] ? null : needed };
}
