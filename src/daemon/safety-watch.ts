/**
 * What breaks a rule in the working tree, as the owner sees it now and then: context files that are not what was recorded, and
 * scope files that nobody can use. What has come to rest is reported, and settled once it is over.
 *
 * With `auto_recovery` a file that nobody can read any more (or, of one that was recorded, that is not there any more) gets its
 * last good content back: what was recorded, or what this process has seen in force. Only where that is certain, where nobody
 * holds the file, and where it was not Git that made the file so: see `repairer.ts`. All else is for somebody to decide.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { CommandOf, OpenViolation, ScopePath, ViolationEnd } from '../core/index.ts';
import type { Reply, ScopeProblem, ScopesAnswer } from '../protocol/index.ts';
import {
  isContextFile,
  isOfFiles,
  ofScopeProblem,
  recordedFiles,
  recordedFinding,
  type Finding,
  type RecordedFile,
} from '../safety/index.ts';
import type { FileSeen } from './watched-files.ts';

export type SafetyCommand =
  | Omit<CommandOf<'ReportViolation'>, 'atMs' | 'requestId'>
  | Omit<CommandOf<'SettleViolation'>, 'atMs' | 'requestId'>;

/** A file that nobody can read any more, and what it was last. */
export interface Broken {
  readonly path: ScopePath;
  readonly scope: ScopePath;
  readonly seen: FileSeen;
  /** What it was when it was good; `digest` (SHA-256 in hex) of what was recorded. */
  readonly good:
    | { readonly kind: 'recorded'; readonly digest: string; readonly revision: number }
    | { readonly kind: 'seen'; readonly text: string };
  /** Whether this process has seen it good, and Git has done nothing since. */
  readonly isFresh: boolean;
}

export interface SafetyPorts {
  isOn(): boolean;
  repairs(): boolean;
  scopes(): Promise<Pick<ScopesAnswer, 'scopes'>>;
  open(): Promise<readonly OpenViolation[]>;
  /** Of the scope files as they were taken over last. */
  problems(): readonly ScopeProblem[];
  beginLook(): void;
  look(path: ScopePath): FileSeen;
  /** Another text once Git has done something to the working tree; null: nobody can tell. */
  gitMark(): string | null;
  /** Why it was put right, in words; null: nothing was written. */
  repair(broken: Broken): Promise<string | null>;
  submit(command: SafetyCommand): Promise<Reply>;
  monotonicMs(): number;
}

/** How long what breaks a rule has to stay the same: who writes a file anew may be in the middle of it. */
export const safetyRestMs = 3_000;
const lookEveryMs = 2_000;
/** A look reads files, and must not take more than a twentieth of the time. */
const lookPauseFactor = 20;
const by = 'service';
/** Of a scope's own file, in the order in which one goes before the other. */
const scopeFiles = ['.rhema/rhema.yaml', 'rhema.yaml'];

export class SafetyWatch {
  readonly #ports: SafetyPorts;
  #dueAtMs = 0;
  /** Of what is not good, by path: as what it is seen, since when, and whether it was seen good right before. */
  readonly #bad = new Map<
    ScopePath,
    { readonly id: string; readonly sinceMs: number; readonly isFresh: boolean }
  >();
  /** What Git was at when a file was good last, and of a scope file the text that it had. */
  readonly #good = new Map<ScopePath, { readonly mark: string | null; readonly text: string | null }>();

  constructor(ports: SafetyPorts) {
    this.#ports = ports;
  }

  /** To be called often; looks when it is time. */
  async poll(): Promise<void> {
    const startMs = this.#ports.monotonicMs();
    if (startMs < this.#dueAtMs || !this.#ports.isOn()) return;
    await this.look();
    const endMs = this.#ports.monotonicMs();
    this.#dueAtMs = endMs + Math.max(lookEveryMs, lookPauseFactor * (endMs - startMs));
  }

  async look(): Promise<void> {
    const { scopes } = await this.#ports.scopes();
    this.#ports.beginLook();
    const mark = this.#ports.gitMark();
    const recorded = recordedFiles(scopes);
    const look = new Look();
    const turns = new Turns();
    for (const file of recorded) {
      this.#lookAtRecorded(look, file, mark);
      await turns.next();
    }
    const known = new Set(recorded.map(({ path }) => path));
    for (const { path: scope } of scopes) {
      this.#lookAtScopeFile(look, scope, known, mark);
      await turns.next();
    }
    for (const problem of this.#ports.problems()) look.addProblem(problem);
    await this.#tell(look, known);
  }

  #lookAtRecorded(look: Look, file: RecordedFile, mark: string | null): void {
    const { path, scope, record } = file;
    const seen = this.#ports.look(path);
    const found = recordedFinding(file, seen);
    if (found === null) return this.#isGood(path, mark, null);
    const rest = this.#restOf(path, seen, mark);
    if (!rest.isOver) return void look.undecided.add(path);
    look.add(found, path);
    const good = { kind: 'recorded', digest: record.digest, revision: record.revision } as const;
    if (seen.kind === 'gone' || (seen.kind === 'read' && seen.isBroken))
      look.broken.push({ path, scope, seen, good, isFresh: rest.isFresh });
  }

  /** One that is gone is a scope less. */
  #lookAtScopeFile(look: Look, scope: ScopePath, known: ReadonlySet<ScopePath>, mark: string | null): void {
    const paths = scopeFiles.map((name) => (scope === '.' ? name : `${scope}/${name}`) as ScopePath);
    const path = paths.find((one) => this.#ports.look(one).kind !== 'gone');
    if (path === undefined || known.has(path)) return;
    const seen = this.#ports.look(path);
    if (seen.kind !== 'read') return;
    if (!seen.isBroken) return this.#isGood(path, mark, seen.text);
    const text = this.#good.get(path)?.text ?? null;
    const rest = this.#restOf(path, seen, mark);
    if (!rest.isOver) return void look.undecided.add(path);
    if (text !== null && rest.isFresh)
      look.broken.push({ path, scope, seen, good: { kind: 'seen', text }, isFresh: true });
  }

  #isGood(path: ScopePath, mark: string | null, text: string | null): void {
    this.#bad.delete(path);
    this.#good.set(path, { mark, text });
  }

  #restOf(
    path: ScopePath,
    { id }: FileSeen,
    mark: string | null,
  ): { readonly isOver: boolean; readonly isFresh: boolean } {
    const nowMs = this.#ports.monotonicMs();
    const before = this.#bad.get(path);
    if (before?.id === id) return { isOver: nowMs - before.sinceMs >= safetyRestMs, isFresh: before.isFresh };
    const good = this.#good.get(path);
    const isFresh = before?.isFresh ?? (good !== undefined && mark !== null && good.mark === mark);
    this.#bad.set(path, { id, sinceMs: nowMs, isFresh });
    return { isOver: false, isFresh };
  }

  async #tell(look: Look, recorded: ReadonlySet<string>): Promise<void> {
    const open = new Map((await this.#ports.open()).map((one) => [keyOf(one), one]));
    for (const [key, { finding, path }] of look.found) {
      if (open.has(key)) continue;
      const { type, rule, subject, evidence, remedy } = finding;
      const told = { path, evidence: evidence.slice(0, 2_000), remedy: remedy.slice(0, 2_000) };
      await this.#ports.submit({ kind: 'ReportViolation', by, type, rule, subject, ...told });
    }
    const repaired = await this.#repair(look);
    for (const violation of new Map(
      [...open, ...look.found.entries()].map(([key, one]) => [key, nameOf(one)]),
    ).values()) {
      const cause = repaired.get(violation.subject as ScopePath);
      const foundOver = this.#endOf(violation, look, recorded);
      if (cause === undefined && foundOver === null) continue;
      const end = cause === undefined ? (foundOver ?? 'mended') : 'repaired';
      await this.#ports.submit({ kind: 'SettleViolation', by, ...violation, end, cause: cause ?? null });
    }
  }

  /** How a violation has ended, whoever has found it; null: it has not, or is none of the working tree. */
  #endOf(violation: Named, look: Look, recorded: ReadonlySet<string>): ViolationEnd | null {
    const { rule, subject } = violation;
    if (look.found.has(keyOf(violation)) || look.undecided.has(subject as ScopePath)) return null;
    if (rule.startsWith('CONTEXT_FILE_')) return recorded.has(subject) ? 'mended' : 'gone';
    if (/(?:^|\/)(?:rhema|scope)\.yaml$/.test(subject)) return 'mended';
    if (!isOfFiles(rule)) return null;
    if (subject === '*') return this.#isSound() ? 'mended' : null;
    if (!isContextFile(subject)) return null;
    // `rhema safety validate` has found it in a file that nobody has to have recorded, and may not run again.
    const seen = this.#ports.look(subject as ScopePath);
    if (seen.kind === 'gone') return 'gone';
    return seen.kind === 'read' && !seen.breaks.includes(rule) ? 'mended' : null;
  }

  /** What is wrong with the whole graph has more than one name, according to who has met it. */
  #isSound(): boolean {
    return this.#ports.problems().every(({ severity }) => severity !== 'error');
  }

  /** By path: what was put right, and how. */
  async #repair({ broken }: Look): Promise<ReadonlyMap<ScopePath, string>> {
    const repaired = new Map<ScopePath, string>();
    if (!this.#ports.repairs()) return repaired;
    for (const one of broken) {
      const how = await this.#ports.repair(one);
      if (how === null) continue;
      repaired.set(one.path, how);
      this.#bad.delete(one.path);
    }
    return repaired;
  }
}

/** Whoever calls meanwhile is heard. */
class Turns {
  #count = 0;

  async next(): Promise<void> {
    this.#count += 1;
    if (this.#count % filesAtOnce === 0) await otherWork();
  }
}

const filesAtOnce = 50;

/** What one look has found. */
class Look {
  readonly found = new Map<string, { readonly finding: Finding; readonly path: ScopePath | null }>();
  /** What has yet to come to rest. */
  readonly undecided = new Set<ScopePath>();
  readonly broken: Broken[] = [];

  add(finding: Finding, path: ScopePath | null): void {
    this.found.set(keyOf(finding), { finding, path });
  }

  /** What is wrong with the whole graph is told by the command that is refused for it. */
  addProblem(problem: ScopeProblem): void {
    if (problem.severity !== 'error' || problem.file === null) return;
    if (this.undecided.has(problem.file as ScopePath)) return;
    this.add(ofScopeProblem(problem), problem.file as ScopePath);
  }
}

type Named = Pick<Finding, 'type' | 'rule' | 'subject'>;

const keyOf = ({ type, rule, subject }: Named): string => JSON.stringify([type, rule, subject]);

function nameOf(one: OpenViolation | { readonly finding: Finding }): Named {
  const { type, rule, subject } = 'finding' in one ? one.finding : one;
  return { type, rule, subject };
}
