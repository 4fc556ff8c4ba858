import { settingsOf, type Config } from '../config/index.ts';
import type { LastGood, ScanResult } from '../context/index.ts';
import { asTimeMs, retryAdvice, type CommandOf, type ScopeDefinition } from '../core/index.ts';
import { CoordinatorError, type RefreshReport, type Reply, type ScopeProblem } from '../protocol/index.ts';
import { Coalesced } from './coalesced.ts';

/** Commands by which the state follows the working tree. */
export type ScopeCommand =
  Omit<CommandOf<'DefineScopes'>, 'atMs' | 'requestId'> | Omit<CommandOf<'Configure'>, 'atMs' | 'requestId'>;

/** Where scope files are read from, and the state that follows them. */
export interface ScopePorts {
  scan(previous: LastGood | null): Promise<ScanResult>;
  /** Changes whenever a scan might give another result. */
  fingerprint(): Promise<string>;
  /** The graph in force. */
  definitions(): Promise<readonly ScopeDefinition[]>;
  submit(command: ScopeCommand): Promise<Reply>;
  /** Shows the problems in the answers to queries. */
  showProblems(problems: readonly ScopeProblem[]): void;
  wallMs(): number;
  monotonicMs(): number;
  pause(ms: number): Promise<void>;
}

/**
 * How long changed files have to stay the same before they are taken over: in the middle of a checkout scopes are missing
 * that come back at once, and a scope that goes takes its locks with it.
 */
export const restMs = 300;
/** How long a look at the files is good enough for those who only ask. */
export const freshMs = 500;

/**
 * Keeps the state's graph and settings in step with the scope files. A graph that the core refuses changes nothing: the
 * last good one stays in force, and the refusal is among the problems. Settings from a broken configuration are not
 * taken over either.
 */
export class ScopeKeeper {
  readonly #ports: ScopePorts;
  readonly #refreshes: Coalesced<RefreshReport>;
  readonly #catchUps: Coalesced<void>;
  #lastGood: LastGood | null = null;
  /** Of the files that were taken over last. */
  #taken: string | null = null;
  /** Of the files as they were seen last, and since when they have been so. */
  #seen: string | null = null;
  #seenSinceMs = 0;
  /** When they were last looked at, also in vain. */
  #lookedAtMs = 0;
  /** Whether the settings of the files wait until what is held fits them. */
  #settingsWait = false;

  constructor(ports: ScopePorts) {
    this.#ports = ports;
    this.#refreshes = new Coalesced(() => this.#refresh());
    this.#catchUps = new Coalesced(() => this.#catchUp());
  }

  /** The configuration in force; null before {@link begin}. */
  get config(): Config | null {
    return this.#lastGood?.config.config ?? null;
  }

  /** Takes over the first scan of this process. Throws `DISABLED`. */
  async begin(scan: ScanResult): Promise<RefreshReport> {
    const definitions = await this.#ports.definitions();
    const hasAll = scan.sound || definitions.length === 0;
    // A file that is broken now must not lose the scope that the log has from before.
    const good = hasAll ? scan : await this.#ports.scan({ definitions, config: scan.config });
    this.#note(good.fingerprint);
    return this.#take(good);
  }

  /** Reads the files and takes them over if they are sound. Throws `DISABLED`. */
  refresh(): Promise<RefreshReport> {
    return this.#refreshes.run();
  }

  /** Refreshes if the files are other than those taken over; says whether it did. */
  async refreshIfChanged(): Promise<boolean> {
    if ((await this.#look()) === this.#taken) return false;
    await this.refresh();
    return true;
  }

  /**
   * To be called now and then. Files that change are taken over when they have come to rest. Settings that were too tight
   * for what was held are tried again.
   */
  async poll(): Promise<void> {
    await this.#look();
    const wanted = this.#seen !== this.#taken || this.#settingsWait;
    if (wanted && this.#lookedAtMs - this.#seenSinceMs >= restMs) await this.refresh();
  }

  /**
   * Before an answer while nobody else may have polled for long. Those who ask at the same time share a look, and none is
   * needed shortly after one that found nothing new; but that there are no scopes is never said without one, since it turns
   * agents away. Files that do not come to rest are left to the next one, and so is a tree that cannot be read: what is in
   * force is an answer, too. Throws `DISABLED`.
   */
  async catchUp(): Promise<void> {
    try {
      await this.#catchUps.run();
    } catch (error) {
      if (error instanceof CoordinatorError && error.code === 'DISABLED') throw error;
    }
  }

  async #catchUp(): Promise<void> {
    if (this.#isGoodEnough()) return;
    await this.poll();
    if (this.#seen === this.#taken) return;
    await this.#ports.pause(restMs);
    await this.poll();
  }

  #isGoodEnough(): boolean {
    const hasScopes = this.#lastGood !== null && this.#lastGood.definitions.length > 0;
    const isFresh = this.#ports.monotonicMs() - this.#lookedAtMs < freshMs;
    return hasScopes && isFresh && this.#seen === this.#taken;
  }

  async #look(): Promise<string> {
    try {
      const fingerprint = await this.#ports.fingerprint();
      this.#note(fingerprint);
      return fingerprint;
    } catch (error) {
      this.#lookedAtMs = this.#ports.monotonicMs();
      throw error;
    }
  }

  #note(fingerprint: string): void {
    this.#lookedAtMs = this.#ports.monotonicMs();
    if (fingerprint !== this.#seen) this.#seenSinceMs = this.#lookedAtMs;
    this.#seen = fingerprint;
  }

  async #refresh(): Promise<RefreshReport> {
    return this.#take(await this.#ports.scan(this.#lastGood));
  }

  async #take(scan: ScanResult): Promise<RefreshReport> {
    refuseIfDisabled(scan);
    this.#taken = scan.fingerprint;
    this.#lastGood = { definitions: scan.definitions, config: scan.config };
    const configured = await this.#configure(scan);
    const defined = await this.#define(scan);
    const problems = [...scan.problems, ...configured, ...defined.problems];
    this.#ports.showProblems(problems);
    return {
      revision: defined.reply.revision,
      accepted: defined.reply.ok,
      scopes: scan.definitions.length,
      problems,
      atMs: asTimeMs(this.#ports.wallMs()),
    };
  }

  async #configure(scan: ScanResult): Promise<readonly ScopeProblem[]> {
    if (scan.config.problems.length > 0) return [];
    const settings = settingsOf(scan.config.config);
    const reply = await this.#ports.submit({ kind: 'Configure', by: keeperName, settings });
    this.#settingsWait = !reply.ok && retryAdvice[reply.rejection.code] === 'afterOthersAct';
    return problemsOf(reply);
  }

  async #define(scan: ScanResult): Promise<{ reply: Reply; problems: readonly ScopeProblem[] }> {
    const scopes = scan.definitions;
    const reply = await this.#ports.submit({ kind: 'DefineScopes', by: keeperName, scopes });
    return { reply, problems: problemsOf(reply) };
  }
}

/** In the audit trail. */
const keeperName = 'service';

function problemsOf(reply: Reply): readonly ScopeProblem[] {
  if (reply.ok) return [];
  const { code, message } = reply.rejection;
  return [{ code, severity: 'error', file: null, line: null, column: null, message }];
}

/** Throws `DISABLED` where coordination is switched off. */
export function refuseIfDisabled(scan: ScanResult): void {
  if (scan.config.config.enabled) return;
  throw new CoordinatorError(
    'DISABLED',
    'coordination is switched off here: `agent_coordination.enabled` is false in the root rhema.yaml',
  );
}
