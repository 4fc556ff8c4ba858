/** What a check has found is kept in the log, from when it was found to when a check finds it no more. */
import type { ScopePath } from '../../core/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { Finding } from '../../safety/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';

/** More of them are found again by the next check, once some of these are over. */
const reportedMax = 100;

/** Texts of the log have a bound. */
const shortened = (text: string): string => (text.length <= 2_000 ? text : `${text.slice(0, 1_999)}…`);

/**
 * Says to the coordinator which errors there are that it does not know, and which of those that it knows are over. `looksAt`:
 * the rules that this check looks at and answers for; others it leaves as they are. Only for the main working tree: another one may have other files. What cannot be kept
 * keeps nobody from being told.
 */
export async function keepFindings(
  call: Call,
  coordinator: Coordinator,
  findings: readonly Finding[],
  looksAt: (rule: string) => boolean,
): Promise<void> {
  const { worktree, mainWorktree } = await call.repository();
  if (worktree === null || worktree !== mainWorktree) return;
  try {
    const errors = new Map(
      findings
        .filter(({ severity, rule }) => severity === 'error' && looksAt(rule))
        .map((finding) => [keyOf(finding), finding]),
    );
    const { open } = await coordinator.query({ kind: 'openViolations' });
    const known = new Set(open.map(keyOf));
    const by = call.world.operator();
    const submit = async (command: Parameters<Coordinator['submit']>[0]['command']): Promise<unknown> =>
      coordinator.submit({ requestId: call.world.newRequestId(), command });
    for (const finding of [...errors.values()]
      .filter((one) => !known.has(keyOf(one)))
      .slice(0, reportedMax)) {
      const { type, rule, subject, file, evidence, remedy } = finding;
      const told = {
        path: file as ScopePath | null,
        evidence: shortened(evidence),
        remedy: shortened(remedy),
      };
      await submit({ kind: 'ReportViolation', by, type, rule, subject, ...told });
    }
    for (const { type, rule, subject } of open)
      if (looksAt(rule) && !errors.has(keyOf({ type, rule, subject })))
        await submit({ kind: 'SettleViolation', by, type, rule, subject, end: 'mended', cause: null });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    call.note(line`rhema: what was found is not kept in the log: ${why}`);
  }
}

const keyOf = ({ type, rule, subject }: Pick<Finding, 'type' | 'rule' | 'subject'>): string =>
  JSON.stringify([type, rule, subject]);
