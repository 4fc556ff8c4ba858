/**
 * Violations: what somebody has found to break a rule, in the working tree or in the machine, from when it was found to when
 * it is over.
 *
 *     (none) --ReportViolation--> open --SettleViolation--> (none)
 *
 * The owner of the log, or an operator, says both; nothing is found here. A violation is known by its type, its rule and its
 * subject: while it is open, finding it again changes nothing. Where it is in a file or in a scope, who held that then is kept
 * with it. A violation never changes a lock, a wait or a status.
 */
import { must } from './assert.ts';
import type { ReportViolation, SettleViolation } from './commands.ts';
import type { Decision } from './decision.ts';
import type { EventOf, Stamp } from './events.ts';
import { named, type AgentId, type FilePath, type ScopePath } from './ids.ts';
import { openViolationsMax } from './limits.ts';
import { scopeOf } from './overlap.ts';
import { reject } from './rejections.ts';
import type { State } from './state.ts';
import type { ViolationName } from './violation-forms.ts';
import { coveringLocks } from './write.ts';

/** One text for each name: none of its parts has a line break but the last. */
export const violationKey = ({ type, rule, subject }: ViolationName): string =>
  `${type}\n${rule}\n${subject}`;

/** Begins a violation. While it is open, nothing changes. Rejects: VIOLATION_LIMIT_REACHED. */
export function decideReportViolation(state: State, command: ReportViolation): Decision {
  const { type, rule, subject, path, evidence, remedy } = command;
  const { openViolations } = state;
  if (openViolations.has(violationKey(command)))
    return { kind: 'committed', events: [], result: { kind: 'done' } };
  if (openViolations.size >= openViolationsMax)
    return reject(
      'VIOLATION_LIMIT_REACHED',
      `${openViolationsMax} violations are open already: no more are kept until some of them are over`,
      { openViolationsMax },
    );
  const place = path === null ? {} : placeOf(state, path);
  return {
    kind: 'committed',
    events: [
      {
        kind: 'violation.began',
        type,
        rule,
        subject,
        ...place,
        holder: holderOf(state, path),
        evidence,
        remedy,
      },
    ],
    result: { kind: 'done' },
  };
}

/** Ends one. Rejects: VIOLATION_NOT_FOUND. */
export function decideSettleViolation(state: State, command: SettleViolation): Decision {
  const { type, rule, subject, end, cause } = command;
  const open = state.openViolations.get(violationKey(command));
  if (open === undefined)
    return reject('VIOLATION_NOT_FOUND', `no violation of ${rule} by ${named(subject)} is open`, {
      type,
      rule,
      subject,
    });
  const { scope, file } = open;
  const place = { ...(scope === undefined ? {} : { scope }), ...(file === undefined ? {} : { file }) };
  return {
    kind: 'committed',
    events: [{ kind: 'violation.ended', type, rule, subject, ...place, holder: open.holder, end, cause }],
    result: { kind: 'done' },
  };
}

/** The scope, and the file where it is one. */
function placeOf(state: State, path: ScopePath): { readonly scope?: ScopePath; readonly file?: FilePath } {
  const scope = scopeOf(state, path);
  if (scope === null) return {};
  return scope === path ? { scope } : { scope, file: path as string as FilePath };
}

function holderOf(state: State, path: ScopePath | null): AgentId | null {
  return path === null ? null : (coveringLocks(state, path)[0]?.agent ?? null);
}

// What happens to violations.

export function evolveViolationBegan(state: State, event: EventOf<'violation.began'>, stamp: Stamp): void {
  const { kind: _kind, ...found } = event;
  state.openViolations.set(violationKey(event), { sinceMs: stamp.atMs, revision: stamp.revision, ...found });
}

export function evolveViolationEnded(state: State, event: EventOf<'violation.ended'>): void {
  const key = violationKey(event);
  must(state.openViolations.get(key), `${event.rule} of ${event.subject} is open`);
  state.openViolations.delete(key);
}
