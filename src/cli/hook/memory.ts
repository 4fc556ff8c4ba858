/**
 * What is remembered of a session of a client between its hooks, each a process of its own: whom it speaks for, what was claimed for
 * it, and what its agent has seen of files. In small files beside the log, one for each thing, since hooks of one session run at once.
 * They do not wait for the disk: with the power the client goes, too, and its agent is lost.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AgentId,
  DurationMs,
  FencingToken,
  FilePath,
  Revision,
  ScopePath,
  Ticket,
  Wish,
} from '../../core/index.ts';
import { ensurePrivateDirectory, statePaths, withAccess } from '../../client/index.ts';
import { changedAtMs, isOwnFolder, readOwnText, replaceNote, setChangedAt } from '../../files/index.ts';
import type { AncestorProcess } from '../../client/index.ts';
import { keyOf } from './key-of.ts';

/** Whom the session speaks for. */
export interface Speaking {
  readonly agent: AgentId;
  /** It joined by itself elsewhere, through `rhema mcp`: then it is not ours to end. */
  readonly isOwn: boolean;
  /** Length of the leases of its claims; null: as configured. */
  readonly leaseMs: DurationMs | null;
}

/** What was locked for the agent without its asking. */
export type OwnClaim = {
  readonly token: FencingToken;
  /** The working tree in which it works at that. */
  readonly tree: string;
} & ClaimName;

type ClaimName =
  | { readonly scope: ScopePath; readonly file?: undefined }
  | { readonly file: FilePath; readonly scope?: undefined };

export interface ClaimUse {
  /** When an act of the agent named it last. */
  readonly touchedMs: number;
  /** Whether that act is under way, as far as its client has told. */
  readonly isInUse: boolean;
}

/** What the agent has seen of a file last. */
export interface Seen {
  /** Of its content, as {@link digestOfFile}; null: it was not there. */
  readonly digest: string | null;
  /** Under which lock of its own; null: under none. */
  readonly token: FencingToken | null;
  /** Which tool use was told of before it read that; empty where the client has no name for one. Absent: none was. */
  readonly readBy?: string;
}

/** Of sessions that ended without a word, milliseconds. */
const forgottenAfterMs = 7 * 86_400_000;

const toldClashesMax = 2_000;

export class SessionMemory {
  readonly #root: string;
  readonly #folder: string;
  readonly #around: readonly string[];

  private constructor(commonDir: string, name: string) {
    const { directory } = statePaths(commonDir);
    this.#root = join(directory, 'hooks');
    this.#folder = join(this.#root, name);
    this.#around = [directory, this.#root, this.#folder];
  }

  /** Some clients run the hooks of others beside their own: the session is the same, whichever asks. */
  static of(commonDir: string, session: string, subagent: string | null): SessionMemory {
    return new SessionMemory(commonDir, keyOf(session, subagent ?? ''));
  }

  /** Those of all sessions that have not ended, and of their subagents. */
  static allIn(commonDir: string): readonly SessionMemory[] {
    const root = join(statePaths(commonDir).directory, 'hooks');
    return foldersIn(root).map((name) => new SessionMemory(commonDir, name));
  }

  speaking(): Speaking | null {
    return this.#read<Speaking>('agent.json');
  }

  speakAs(speaking: Speaking): void {
    this.#write('agent.json', speaking);
  }

  /** Processes that were around an earlier hook of the session. */
  ancestors(): readonly AncestorProcess[] {
    return this.#read<readonly AncestorProcess[]>('ancestors.json') ?? [];
  }

  keepAncestors(ancestors: readonly AncestorProcess[]): void {
    this.#write('ancestors.json', ancestors);
  }

  seen(path: string): Seen | null {
    return this.#read<Seen>(`seen-${keyOf(path)}.json`);
  }

  keepSeen(path: string, seen: Seen): void {
    this.#write(`seen-${keyOf(path)}.json`, seen);
  }

  claims(): readonly OwnClaim[] {
    return this.#names('claim-').flatMap((name) => this.#read<OwnClaim>(name) ?? []);
  }

  keepClaim(claim: OwnClaim): void {
    const { token, tree, scope, file } = claim;
    this.#write(claimName(claim), { token, tree, scope, file });
  }

  forgetClaim(claim: OwnClaim): void {
    this.#remove(claimName(claim));
    for (const name of this.#names(usePrefix(claim))) this.#remove(name);
  }

  /** As the time of its file, which takes no writing; while an act is under way a file is there that is named by both. */
  useOf(claim: OwnClaim): ClaimUse {
    return {
      touchedMs: changedAtMs(join(this.#folder, claimName(claim))) ?? 0,
      isInUse: this.#names(usePrefix(claim)).length > 0,
    };
  }

  /** `toolUse`: of the act that begins; empty where the client has no name for one. Of an earlier one nobody told the end. */
  beginUse(claim: OwnClaim, toolUse: string, atMs: number): void {
    const own = useName(claim, toolUse);
    for (const name of this.#names(usePrefix(claim))) if (name !== own) this.#remove(name);
    this.#write(own, true);
    this.touch(claim, atMs);
  }

  /** Whether that act was the last that named it. */
  endUse(claim: OwnClaim, toolUse: string): boolean {
    const name = useName(claim, toolUse);
    if (this.#read(name) === null) return false;
    this.#remove(name);
    return true;
  }

  touch(claim: OwnClaim, atMs: number): void {
    const path = join(this.#folder, claimName(claim));
    withAccess(path, () => setChangedAt(path, atMs));
  }

  /** When it was looked last which claims lie idle. */
  lookedForIdleMs(): number {
    return this.#read<number>('looked-for-idle.json') ?? 0;
  }

  keepLookedForIdle(atMs: number): void {
    this.#write('looked-for-idle.json', atMs);
  }

  /** The answer that was given to the same act before. */
  answerTo(toolUse: string, event: string): unknown {
    return this.#read(`answer-${keyOf(toolUse, event)}.json`);
  }

  keepAnswer(toolUse: string, event: string, answer: unknown): void {
    this.#write(`answer-${keyOf(toolUse, event)}.json`, answer);
  }

  /** What the agent was refused last, and has not got since. */
  wanted(): Wish | null {
    return this.#read<Wish>('wanted.json');
  }

  keepWanted(wish: Wish | null): void {
    this.#keepOrRemove('wanted.json', wish);
  }

  /** What the agent has to know, and could not be told when it was found. */
  untold(): readonly string[] {
    return this.#read<readonly string[]>('untold.json') ?? [];
  }

  keepUntold(texts: readonly string[]): void {
    this.#keepOrRemove('untold.json', texts.length === 0 ? null : texts);
  }

  /** When its session began; null: it has joined since. */
  begunAt(): Revision | null {
    return this.#read<Revision>('begun.json');
  }

  keepBegunAt(revision: Revision | null): void {
    this.#keepOrRemove('begun.json', revision);
  }

  /** The ticket under which the agent is waited for while it sleeps. */
  waking(): Ticket | null {
    return this.#read<Ticket>('waking.json');
  }

  keepWaking(ticket: Ticket | null): void {
    this.#keepOrRemove('waking.json', ticket);
  }

  /** A note that something was done once. */
  has(note: string): boolean {
    return this.#read(`note-${keyOf(note)}.json`) !== null;
  }

  note(note: string): void {
    this.#write(`note-${keyOf(note)}.json`, true);
  }

  /** Clashes of which the agent was told, by their keys. */
  toldClashes(): readonly string[] {
    return this.#read<readonly string[]>('clashes.json') ?? [];
  }

  /** The last ones of many. */
  keepToldClashes(keys: readonly string[]): void {
    this.#write('clashes.json', keys.slice(-toldClashesMax));
  }

  /** Shell commands that could not be judged, by why: of all sessions, for whoever wants to know how much passes by. */
  countUnjudged(whys: readonly string[]): void {
    if (whys.length === 0) return;
    const counts = { ...unjudgedIn(this.#root) };
    for (const why of whys) counts[why] = (counts[why] ?? 0) + 1;
    for (const folder of this.#around.slice(0, 2)) if (!isOwnFolder(folder)) ensurePrivateDirectory(folder);
    const path = join(this.#root, unjudgedFile);
    withAccess(path, () => replaceNote(path, JSON.stringify(counts)));
  }

  forget(): void {
    withAccess(this.#folder, () => {
      if (this.#isThere()) rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /** Sessions that have ended without saying so. */
  forgetOld(nowMs: number): void {
    for (const name of foldersIn(this.#root)) {
      const folder = join(this.#root, name);
      const changedMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
      if (nowMs - changedMs > forgottenAfterMs) rmSync(folder, { recursive: true, force: true });
    }
  }

  #isThere(): boolean {
    return this.#around.every(isOwnFolder);
  }

  #names(prefix: string): string[] {
    if (!this.#isThere()) return [];
    return readdirSync(this.#folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
  }

  #read<T>(name: string): T | null {
    return withAccess(join(this.#folder, name), () => {
      const text = this.#isThere() ? readOwnText(join(this.#folder, name)) : null;
      return text === null ? null : parsed<T>(text);
    });
  }

  #write(name: string, value: unknown): void {
    for (const folder of this.#around) if (!isOwnFolder(folder)) ensurePrivateDirectory(folder);
    const path = join(this.#folder, name);
    const text = JSON.stringify(value);
    withAccess(path, () => readOwnText(path) === text || replaceNote(path, text));
  }

  #keepOrRemove(name: string, value: unknown): void {
    if (value === null) this.#remove(name);
    else this.#write(name, value);
  }

  #remove(name: string): void {
    withAccess(this.#folder, () => this.#isThere() && rmSync(join(this.#folder, name), { force: true }));
  }
}

const foldersIn = (root: string): readonly string[] =>
  isOwnFolder(root) ? readdirSync(root).filter((name) => !name.includes('.')) : [];

/** How many shell commands could not be judged in a repository, by why. */
export function unjudgedCounts(commonDir: string): Readonly<Record<string, number>> {
  return unjudgedIn(join(statePaths(commonDir).directory, 'hooks'));
}

const unjudgedFile = 'unjudged.json';

function unjudgedIn(root: string): Readonly<Record<string, number>> {
  const path = join(root, unjudgedFile);
  return withAccess(path, () => {
    const text = isOwnFolder(root) ? readOwnText(path) : null;
    return (text === null ? null : parsed<Record<string, number>>(text)) ?? {};
  });
}

const claimKey = ({ scope, file }: ClaimName): string =>
  file === undefined ? keyOf('scope', scope) : keyOf('file', file);

const claimName = (claim: ClaimName): string => `claim-${claimKey(claim)}.json`;
const usePrefix = (claim: ClaimName): string => `use-${claimKey(claim)}-`;
const useName = (claim: ClaimName, toolUse: string): string => `${usePrefix(claim)}${keyOf(toolUse)}.json`;

/** A damaged one is as good as none: it is made anew. */
function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
