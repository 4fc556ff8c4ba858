/** The state, the log that led to it, and what lies on disk of what it knows. */
import { createHash } from 'node:crypto';
import { typeOfInvariant, type ScopePath } from '../../core/index.ts';
import type { Repository } from '../world/world.ts';
import type { Coordinator, ScopesAnswer, ViolationsAnswer } from '../../protocol/index.ts';
import {
  isBroken,
  isOfFiles,
  isOfLog,
  recordedFiles,
  recordedFinding,
  ofLog,
  ofViolation,
  type Finding,
} from '../../safety/index.ts';
import { count } from '../../wording/index.ts';
import type { Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { whileTelling } from '../process/live-line.ts';
import { keepFindings } from './safety-keeping.ts';
import { formatOf, reported, type ReportInput } from './safety-report.ts';

export interface CheckInput extends ReportInput {
  /** False with `--no-log`: the log is not replayed. */
  readonly log: boolean;
}

/** Checks every invariant on the current state, the state against the log, and the files against what was recorded of them. */
export async function check(call: Call, input: CheckInput): Promise<Outcome> {
  const format = formatOf(call, input);
  const coordinator = await call.coordinator();
  const answer = await coordinator.query({ kind: 'violations' });
  const { revision, checked, violations } = answer;
  const { server } = await call.repository();
  const log =
    input.log && server === undefined
      ? await whileTelling(call, 'replaying the log', () => logFindings(call, answer))
      : null;
  if (input.log && server !== undefined) call.note(elsewhereText(server));
  const files = await fileFindings(call, coordinator);
  const findings = [...violations.map(ofViolation), ...(log?.findings ?? []), ...files.findings];
  // The files of a clone are its own: what is wrong with them is not for the log of a server.
  await keepFindings(call, coordinator, findings, (rule) =>
    server === undefined
      ? !isOfFiles(rule) && (log !== null || !isOfLog(rule))
      : Object.hasOwn(typeOfInvariant, rule),
  );
  return reported(call, format, {
    revision,
    findings,
    data: { checked, violations, entries: log?.entries ?? null, recordedFiles: files.count },
    code: 'VIOLATIONS_FOUND',
    unsound: (errors) => unsoundText(violations.length, errors.length),
    sound: soundText(checked.length, log?.entries ?? null, files.count),
  });
}

const elsewhereText = (server: string): string =>
  line`the log of ${server} was not replayed: rhema safety check on its machine does that`;

function unsoundText(bugs: number, errors: number): string {
  const found = `${count(errors, 'violation')} found`;
  return bugs === 0
    ? found
    : `${found}: ${bugs === errors ? 'this' : `${bugs} of them`} is a bug of rhema, please report it`;
}

function soundText(invariants: number, entries: number | null, files: number): string {
  const parts = [
    `${count(invariants, 'invariant')} checked, all hold`,
    ...(entries === null ? [] : [`${count(entries, 'entry', 'entries')} of the log lead to this very state`]),
    ...(files === 0 ? [] : [`${count(files, 'context file')} as recorded`]),
  ];
  return parts.join('\n');
}

interface Looked {
  readonly findings: readonly Finding[];
  readonly entries: number;
}

/** Null where there is no log to be replayed, such as that of another engine. */
async function logFindings(call: Call, answer: ViolationsAnswer): Promise<Looked | null> {
  const { databaseExists, database } = await call.world.inspection.stateFiles(await call.repository());
  if (!databaseExists) return null;
  const { remedyFor, verifyLog } = await import('../../verify/index.ts');
  const { encodeState } = await import('../../core/index.ts');
  const source = await call.world.logs.open(database);
  try {
    let digest: string | null = null;
    const report = await verifyLog(source, {
      invariantsEvery: 1_000,
      upTo: answer.revision,
      onEnd: (state) => (digest = createHash('sha256').update(encodeState(state)).digest('hex')),
    });
    const { finding, entries } = report;
    if (finding !== null) {
      const { kind, revision, problem } = finding;
      return {
        entries,
        findings: [ofLog(`LOG_${kind}`, `revision ${revision}`, problem, remedyFor(finding))],
      };
    }
    return { entries, findings: differs(answer, report.revision, digest) };
  } finally {
    source.close();
  }
}

/** An older coordinator does not tell its state's digest. */
function differs(answer: ViolationsAnswer, revision: number, digest: string | null): readonly Finding[] {
  if (answer.stateDigest === undefined || (revision === answer.revision && answer.stateDigest === digest))
    return [];
  const told = `the log leads to another state at revision ${revision} than the coordinator has at ${answer.revision}`;
  return [ofLog('STATE_DIFFERS_FROM_LOG', `revision ${answer.revision}`, told)];
}

function lookAt(call: Call, repository: Repository, path: ScopePath): Parameters<typeof recordedFinding>[1] {
  const look = call.world.inspection.contextFile(repository, path);
  return look.kind === 'read' ? { ...look, isBroken: isBroken(path, look.bytes) } : look;
}

async function fileFindings(
  call: Call,
  coordinator: Coordinator,
): Promise<{ readonly count: number; readonly findings: readonly Finding[] }> {
  const repository = await call.repository();
  if (repository.worktree === null) return { count: 0, findings: [] };
  const look = async (): Promise<{ readonly asked: ScopesAnswer; readonly found: readonly Finding[] }> => {
    const asked = await coordinator.query({ kind: 'scopes' });
    const found = recordedFiles(asked.scopes).flatMap(
      (file) => recordedFinding(file, lookAt(call, repository, file.path)) ?? [],
    );
    return { asked, found };
  };
  const first = await look();
  const known = recordedFiles(first.asked.scopes).length;
  if (first.found.length === 0) return { count: known, findings: [] };
  // A writer records first, and puts the file in its place then: what it was in the middle of is over at a second look.
  const { found } = await look();
  const before = new Set(first.found.map((finding) => JSON.stringify(finding)));
  return { count: known, findings: found.filter((finding) => before.has(JSON.stringify(finding))) };
}
