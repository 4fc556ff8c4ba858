import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Style } from '../format/style.ts';
import { line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { whileTelling } from '../process/live-line.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { examine } from '../doctor/checks.ts';
import { gatherFacts } from '../doctor/facts.ts';
import { factOf, type Finding } from '../doctor/finding.ts';
import { count } from '../../wording/index.ts';

/**
 * Looks at everything that coordination here relies on. Each finding says what to do about it. The report is the answer, and
 * so on standard output whatever it says; that there are problems is told on standard error beside it.
 */
export async function doctor(call: Call): Promise<Outcome> {
  const findings = await whileTelling(call, 'looking at everything', () => find(call));
  const problems = findings.filter((finding) => finding.level === 'problem');
  if (problems.length === 0) return done(null, { findings }, (style) => findingsText(style, findings));
  const message = `${count(problems.length, 'problem')} found`;
  call.show(findingsText(call.style, findings));
  // Whoever wants no report still wants to know what is wrong.
  const more = call.quiet ? findingsText(call.errorStyle, problems).split('\n') : [];
  return {
    kind: 'refused',
    exitCode: exitCodes.failure,
    revision: null,
    code: 'UNHEALTHY',
    message,
    details: { findings },
    lines: [message, ...more],
  };
}

/** Of a server that is named, whether it can be worked with from here; else everything on this machine. */
async function find(call: Call): Promise<readonly Finding[]> {
  const { server, isNoted = false } = await call.server();
  if (server === undefined) return examine(await gatherFacts(call));
  const { examineServer } = await import('../doctor/server-checks.ts');
  const { servers } = call.world;
  const token = await factOf(() => servers.token(server, isNoted));
  const [commit, roots, look] = await Promise.all([
    servers.commitAt(call.cwd),
    servers.rootsAt(call.cwd),
    servers.look(server, token.known ? token.value : null),
  ]);
  const { nowMs } = call;
  const version = call.ports.version();
  const agent = call.ports.env['RHEMA_AGENT'] ?? '';
  const there = examineServer({ server, isNoted, token, commit, roots, look, nowMs, version, agent });
  return [...there, ...(await examineHere(call))];
}

/** Also outside of a repository one may look whether a server answers. */
async function examineHere(call: Call): Promise<readonly Finding[]> {
  const repository = await factOf(() => call.repository());
  if (!repository.known) return [];
  const { enforcementFacts, examineEnforcement } = await import('../doctor/enforcement-checks.ts');
  return examineEnforcement(await enforcementFacts(call, repository.value));
}

const findingsText = (style: Style, findings: readonly Finding[]): string =>
  findings.map((finding) => findingText(style, finding)).join('\n');

const marks = { ok: ['good', 'ok     '], warning: ['warn', 'warning'], problem: ['bad', 'problem'] } as const;

const indent = ' '.repeat(8);

function findingText(style: Style, { level, subject, message, remedy }: Finding): string {
  const [emphasis, word] = marks[level];
  const head = fitted(style, `${style.paint(emphasis, word)} ${line`${subject}: ${message}`}`, indent);
  return remedy === null ? head : `${head}\n${fitted(style, `${indent}${line`${remedy}`}`, '')}`;
}
