import { type Config, type LoadedConfig } from '../config/index.ts';
import type { LastGood, ScanResult } from '../repository/index.ts';
import { asTimeMs, retryAdvice, type CommandOf } from '../core/index.ts';
import {
  type DeclaredSyncs,
  type RefreshOptions,
  type RefreshReport,
  type Reply,
  type ScopeProblem,
} from '../protocol/index.ts';
import { Coalesced } from './coalesced.ts';
import type { KnownFiles } from './known-files.ts';
import {
  allGone,
  disabled,
  disablingWaits,
  filesProblems,
  grantedSettings,
  isBusy,
  isGone,
  settingsWait,
  unlessDisabled,
  unseenFiles,
  refusalProblems,
  type InForce,
} from './withheld.ts';

/** Commands by which the state follows the working tree. */
export type ScopeCommand =
  | Omit<CommandOf<'DefineScopes'>, 'atMs' | 'requestId'>
  | Omit<CommandOf<'Configure'>, 'atMs' | 'requestId'>;

/** Where scope files are read from, and the state that follows them. */
export interface ScopePorts {
  scan(previous: LastGood | null): Promise<ScanResult>;
  /** Changes whenever a scan might give another result. */
  fingerprint(): Promise<string>;
  /** Cheap looks at the files that are known, between those at the whole tree. */
  readonly known: Pick<KnownFiles, 'noteLook' | 'areTouched'>;
  inForce(): Promise<InForce>;
  submit(command: ScopeCommand): Promise<Reply>;
  /** Shows the problems in the answers to queries. */
  showProblems(problems: readonly ScopeProblem[]): void;
  wallMs(): number;
  monotonicMs(): number;
  pause(ms: number): Promise<void>;
}

/** The first look of a process at the files. Where it was in vain, `config` is what the environment says. */
export type FirstLook =
  | { readonly ok: true; readonly scan: ScanResult }
  | { readonly ok: false; readonly error: unknown; readonly config: LoadedConfig };

/**
 * How long changed files have to stay the same before they are taken over: in the middle of a checkout scopes are missing
 * that come back at once.
 */
export const restMs = 300;
/** How long a look at the files is good enough for those who only ask. */
export const freshMs = 500;

/**
 * Makes the state's graph and settings follow the scope files. That a file cannot be seen is no proof that it is
 * gone: as long as the files cannot be looked at, the graph and the settings of the log stay in force, at the start as
 * well as later. A graph that the core refuses changes nothing: the last good one stays in force, and the refusal is
 * among the problems. Settings from a broken configuration are not taken over either; tighter ones, and the end of all
 * coordination, wait until nobody has anything to lose by them.
 */
export class ScopeFollower {
  readonly #ports: ScopePorts;
  readonly #refreshes: Coalesced<RefreshReport>;
  readonly #catchUps: Coalesced<void>;
  readonly #follows: Coalesced<void>;
  #lastGood: LastGood | null = null;
  #declared: Pick<ScanResult, 'syncCommands' | 'unread'> | null = null;
  /** Taken over last, when something of it waits until nobody works. */
  #withheld: ScanResult | null = null;
  /** Of the files that were taken over last. */
  #taken: string | null = null;
  #takes = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** Of the files as they were seen last, and since when they have been so. */
  #seen: string | null = null;
  #seenSinceMs = 0;
  /** When they were last looked at, also in vain. */
  #lookedAtMs = 0;
  /** What is wrong with the files that were taken over last. */
  #problems: readonly ScopeProblem[] = [];
  /** Why the last look was in vain; null when it was not. */
  #unseen: ScopeProblem | null = null;
  /** Whether coordination ends as soon as nothing is held, waited for or synced, as of the files that were read last. */
  #switchesOff = false;
  /** Whether somebody has said that the next refresh may find no scope. */
  #acceptsNone = false;

  constructor(ports: ScopePorts) {
    this.#ports = ports;
    this.#refreshes = new Coalesced(() => this.#refresh());
    this.#catchUps = new Coalesced(() => this.#catchUp());
    this.#follows = new Coalesced(() => this.#follow());
  }

  /** The configuration in force; null before {@link begin}. */
  get config(): Config | null {
    return this.#lastGood?.config.config ?? null;
  }

  /** What scopes run when they are synced, by the files that were taken over last; null: none were. */
  get syncCommands(): ScanResult['syncCommands'] | null {
    return this.#declared?.syncCommands ?? null;
  }

  /** What the files say of syncs; null where they are not what was taken over last, or nobody can see what they are. */
  get declared(): DeclaredSyncs | null {
    if (this.#declared === null || this.#unseen !== null || this.#seen !== this.#taken) return null;
    const { syncCommands, unread } = this.#declared;
    return { commands: [...syncCommands], unread };
  }

  /** What is wrong with the files that were taken over last. */
  get problems(): readonly ScopeProblem[] {
    return this.#problems;
  }

  /** How often files were taken over so far. */
  get takes(): number {
    return this.#takes;
  }

  /** Whether coordination was being switched off at the last look. */
  get switchesOff(): boolean {
    return this.#switchesOff;
  }

  /** Why nobody knows at the moment what the files say; null when they were seen. */
  get unseen(): string | null {
    return this.#unseen?.message ?? null;
  }

  /** Whether whoever asks is told that something is wrong with the files. */
  get tellsTrouble(): boolean {
    return this.#unseen !== null || this.#problems.length > 0;
  }

  /**
   * Takes over the first scan of this process, or the graph of the log where nothing can be seen. Throws `DISABLED`, and
   * what the look ended with when there is no such graph.
   */
  async begin(first: FirstLook): Promise<void> {
    const inForce = await this.#ports.inForce();
    if (!first.ok) return this.#serveLog(inForce, first);
    const { scan } = first;
    const hasAll = (scan.sound && scan.complete) || inForce.definitions.length === 0;
    // What is broken or out of sight now must not lose the scope that the log has from before.
    const good = hasAll ? scan : await this.#scanBeside({ ...inForce, config: scan.config });
    if (good === null) return;
    this.#note(good.fingerprint);
    await this.#take(good);
    this.#ports.known.noteLook();
  }

  /**
   * Reads the files and takes them over if they are sound. That there is no scope any more is taken over only if whoever
   * asks says so: it may as well be that somebody looks at the wrong files. Throws `DISABLED`.
   */
  refresh({ acceptNone = false }: RefreshOptions = {}): Promise<RefreshReport> {
    this.#acceptsNone ||= acceptNone;
    return this.#refreshes.run();
  }

  /** Refreshes if the files are other than those taken over; says whether it did. */
  async refreshIfChanged(): Promise<boolean> {
    if ((await this.#look()) === this.#taken) return false;
    await this.refresh();
    return true;
  }

  /**
   * To be called now and then. Files that change are taken over when they have come to rest. What had to wait until nobody
   * works is tried again. Says whether there are changes that have yet to come to rest.
   */
  async poll(): Promise<boolean> {
    await this.#look();
    if (this.#lookedAtMs - this.#seenSinceMs < restMs) return this.#seen !== this.#taken;
    if (this.#seen !== this.#taken) await this.refresh();
    else if (this.#withheld !== null) await this.#takeAgain(this.#withheld);
    return false;
  }

  /**
   * Before an answer while nobody else may have polled for long. Those who ask at the same time share a look, and none is
   * needed shortly after one that found nothing new; but that there are no scopes is never said without one, since it turns
   * agents away. Files that do not come to rest are left to the next one, and so is a tree that cannot be read: what is in
   * force is an answer, too. Throws `DISABLED`.
   */
  catchUp(): Promise<void> {
    return unlessDisabled(this.#catchUps.run());
  }

  /** The same by a look from now, however recent the last one is: for somebody who may have just changed the files. */
  followNow(): Promise<void> {
    return unlessDisabled(this.#follows.run());
  }

  /**
   * The same where a file that is known was written anew, or has not come to rest: whoever edits one and calls next means what
   * he has written.
   */
  async followIfTouched(): Promise<void> {
    if (this.isTouched()) await this.followNow();
  }

  isTouched(): boolean {
    return this.#seen !== this.#taken || this.#ports.known.areTouched();
  }

  /** Whether, after a look from now, files were taken over since there were so many `takes`. Else as {@link catchUp}. */
  async hasTakenSince(takes: number): Promise<boolean> {
    if (this.#takes === takes) await this.followNow();
    return this.#takes !== takes;
  }

  /**
   * Whether coordination is being switched off, by a look from now: whoever is told so works on without a lock. As long as
   * the files cannot be seen, or do not come to rest, it is not: a lock in vain hurts nobody. Throws `DISABLED` when it is
   * off already.
   */
  async confirmsSwitchingOff(): Promise<boolean> {
    if (!this.#switchesOff) return false;
    await this.catchUp();
    return this.#switchesOff && this.#unseen === null && this.#seen === this.#taken;
  }

  async #catchUp(): Promise<void> {
    if (!this.#isGoodEnough() || this.isTouched()) await this.#follow();
  }

  async #follow(): Promise<void> {
    await this.poll();
    if (this.#seen === this.#taken) return;
    await this.#ports.pause(restMs);
    await this.poll();
  }

  #isGoodEnough(): boolean {
    const hasScopes = this.#lastGood !== null && this.#lastGood.definitions.length > 0;
    const isFresh = this.#ports.monotonicMs() - this.#lookedAtMs < freshMs;
    const isSettled = this.#seen === this.#taken && this.#withheld === null && !this.#switchesOff;
    return hasScopes && isFresh && isSettled;
  }

  async #look(): Promise<string> {
    this.#ports.known.noteLook();
    const fingerprint = await this.#seeing(() => this.#ports.fingerprint());
    this.#note(fingerprint);
    return fingerprint;
  }

  /** Whatever is done with the files: when that is in vain, everybody is told so until it is not. */
  async #seeing<T>(look: () => Promise<T>): Promise<T> {
    try {
      const seen = await look();
      this.#tellUnseen(null);
      return seen;
    } catch (error) {
      this.#lookedAtMs = this.#ports.monotonicMs();
      this.#tellUnseen(unseenFiles(error));
      throw error;
    }
  }

  #tellUnseen(unseen: ScopeProblem | null): void {
    if (this.#unseen?.message === unseen?.message) return;
    this.#unseen = unseen;
    this.#show(this.#problems);
  }

  #show(problems: readonly ScopeProblem[]): void {
    this.#problems = problems;
    this.#ports.showProblems(this.#unseen === null ? problems : [this.#unseen, ...problems]);
  }

  #note(fingerprint: string): void {
    this.#lookedAtMs = this.#ports.monotonicMs();
    if (fingerprint !== this.#seen) this.#seenSinceMs = this.#lookedAtMs;
    this.#seen = fingerprint;
  }

  #serveLog({ definitions }: InForce, { error, config }: FirstLook & { readonly ok: false }): void {
    if (definitions.length === 0) throw error;
    this.#lastGood = { definitions, config };
    this.#lookedAtMs = this.#ports.monotonicMs();
    this.#tellUnseen(unseenFiles(error));
  }

  /** Null when that was in vain, and what `known` says is in force. */
  async #scanBeside(known: LastGood): Promise<ScanResult | null> {
    this.#lastGood = known;
    return this.#seeing(() => this.#ports.scan(known)).catch(() => null);
  }

  async #refresh(): Promise<RefreshReport> {
    const acceptNone = this.#acceptsNone;
    this.#acceptsNone = false;
    const scan = await this.#seeing(() => this.#ports.scan(this.#lastGood));
    return this.#inTurn(() => this.#take(scan, { acceptNone }));
  }

  /** Unless other files were taken over meanwhile. */
  #takeAgain(withheld: ScanResult): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#withheld === withheld) await this.#take(withheld);
    });
  }

  /** One after the other: what was read last is in force in the end. */
  #inTurn<T>(take: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(take);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #take(scan: ScanResult, options: RefreshOptions = {}): Promise<RefreshReport> {
    const inForce = await this.#ports.inForce();
    const ending = this.#endIfDisabled(scan, inForce);
    this.#taken = scan.fingerprint;
    const configured = await this.#configure(scan, inForce, options);
    const defined = await this.#define(scan, inForce, options);
    const { definitions } = defined.accepted ? scan : inForce;
    this.#lastGood = { definitions, config: scan.config };
    this.#declared = scan;
    this.#withheld = ending.length > 0 || configured.waits ? scan : null;
    this.#takes += 1;
    const problems = [
      ...ending,
      ...filesProblems(scan, inForce),
      ...configured.problems,
      ...defined.problems,
    ];
    this.#show(problems);
    return {
      revision: defined.revision,
      accepted: defined.accepted,
      scopes: scan.definitions.length,
      problems,
      atMs: asTimeMs(this.#ports.wallMs()),
    };
  }

  #endIfDisabled({ config }: ScanResult, inForce: InForce): readonly ScopeProblem[] {
    this.#switchesOff = !config.config.enabled;
    if (!this.#switchesOff) return [];
    if (!isBusy(inForce)) {
      // It is over with what was taken over, and the next look finds out whether that is still so.
      this.#taken = null;
      throw disabled();
    }
    return [disablingWaits(inForce)];
  }

  async #configure(scan: ScanResult, inForce: InForce, options: RefreshOptions): Promise<Configured> {
    // A file that cannot be read says nothing of the settings, least of all that they are the defaults.
    const isBroken = scan.config.problems.some(({ severity }) => severity === 'error');
    const isKnown = !isBroken && scan.configUnread.length === 0 && !isGone(scan, inForce, options);
    if (!isKnown) return { waits: false, problems: [] };
    const { settings, withheld } = grantedSettings(inForce, scan.config);
    const reply = await this.#ports.submit({ kind: 'Configure', by: followerName, settings });
    const later = withheld.length === 0 ? [] : [settingsWait(withheld)];
    const isInUse = !reply.ok && retryAdvice[reply.rejection.code] === 'afterOthersAct';
    return { waits: later.length > 0 || isInUse, problems: [...refusalProblems(reply), ...later] };
  }

  async #define(
    { definitions: scopes }: ScanResult,
    inForce: InForce,
    { acceptNone = false }: RefreshOptions,
  ): Promise<Defined> {
    const empty = acceptNone ? { mayBeEmpty: true } : {};
    const reply = await this.#ports.submit({ kind: 'DefineScopes', by: followerName, scopes, ...empty });
    const isEmpty = !reply.ok && reply.rejection.code === 'GRAPH_EMPTY';
    const problems = isEmpty ? [allGone(inForce)] : refusalProblems(reply);
    return { accepted: reply.ok, revision: reply.revision, problems };
  }
}

interface Configured {
  /** Whether some of the settings wait until what is held fits them. */
  readonly waits: boolean;
  readonly problems: readonly ScopeProblem[];
}

interface Defined extends Pick<RefreshReport, 'revision' | 'accepted'> {
  readonly problems: readonly ScopeProblem[];
}

/** In the audit trail. */
const followerName = 'service';
