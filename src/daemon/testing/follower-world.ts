import { defaultConfig, type Config } from '../../config/index.ts';
import type { LastGood, ScanResult } from '../../repository/index.ts';
import {
  asRevision,
  asTimeMs,
  defaultSettings,
  type ScopeDefinition,
  type ScopePath,
  type Settings,
} from '../../core/index.ts';
import type { Reply, ScopeProblem } from '../../protocol/index.ts';
import { freshMs, restMs, ScopeFollower, type ScopeCommand } from '../scope-follower.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

export const scope = (path: string): ScopeDefinition => ({
  path: path as ScopePath,
  name: path,
  type: 'library',
  dependencies: [],
});
export const problem: ScopeProblem = {
  code: 'YAML_SYNTAX',
  severity: 'error',
  file: 'a/rhema.yaml',
  line: 1,
  column: 2,
  message: 'broken',
};

/** A working tree and a state, as the test wants them. */
export class FollowerWorld {
  definitions: ScopeDefinition[] = [scope('a')];
  inForce: ScopeDefinition[] = [];
  settings: Settings = defaultSettings;
  work = { held: 0, waiting: 0, syncing: 0 };
  config: Config = defaultConfig;
  /** Where values come from; the defaults unless it is said. */
  configOrigins: object = {};
  configProblems: ScanResult['config']['problems'] = [];
  configUnread: ScopeProblem[] = [];
  problems: ScopeProblem[] = [];
  complete = true;
  syncCommands: ScanResult['syncCommands'] = new Map();
  unread: ScopePath[] = [];
  fingerprint = 'f1';
  /** Whether a file that is known was written anew since the last look. */
  touched = false;
  /** What every look at the files ends with. */
  trouble: Error | null = null;
  refusal: Reply | null = null;
  settingsRefusal: Reply | null = null;
  readonly scans: (LastGood | null)[] = [];
  readonly commands: ScopeCommand[] = [];
  shown: readonly ScopeProblem[] = [];
  nowMs = 0;
  looks = 0;
  /** Nothing is told of what is in force before this. */
  gate: Promise<void> = Promise.resolve();
  readonly follower = new ScopeFollower({
    scan: async (previous) => {
      this.scans.push(previous);
      if (this.trouble !== null) throw this.trouble;
      return this.scanned();
    },
    fingerprint: () => {
      this.looks += 1;
      return this.look();
    },
    known: { noteLook: () => (this.touched = false), areTouched: () => this.touched },
    inForce: async () => {
      await this.gate;
      const { inForce: definitions, settings, work } = this;
      return { revision: asRevision(3), definitions, settings, ...work };
    },
    submit: (command) => {
      this.commands.push(command);
      const done: Reply = { ok: true, revision: asRevision(7), atMs: asTimeMs(0), result: { kind: 'done' } };
      const refusal = command.kind === 'DefineScopes' ? this.refusalOf(command) : this.settingsRefusal;
      if (refusal === null && command.kind === 'DefineScopes') this.inForce = [...command.scopes];
      if (refusal === null && command.kind === 'Configure') this.settings = command.settings;
      return Promise.resolve(refusal ?? done);
    },
    showProblems: (problems) => (this.shown = problems),
    wallMs: () => 99,
    monotonicMs: () => this.nowMs,
    pause: async (ms) => void (this.nowMs += ms),
  });

  begin(): Promise<void> {
    const { trouble } = this;
    if (trouble === null) return this.follower.begin({ ok: true, scan: this.scanned() });
    const config = { config: this.config, origins: {} as never, problems: [] };
    return this.follower.begin({ ok: false, error: trouble, config });
  }

  /** As the core, which does not believe that all scopes are gone unless it is told so. */
  refusalOf(command: ScopeCommand & { readonly kind: 'DefineScopes' }): Reply | null {
    const isBelieved = command.scopes.length > 0 || this.inForce.length === 0 || command.mayBeEmpty === true;
    if (isBelieved || this.refusal !== null) return this.refusal;
    const rejection = refusalOf('GRAPH_EMPTY', 'no scopes');
    return { ok: false, revision: asRevision(5), atMs: asTimeMs(0), rejection };
  }

  async look(): Promise<string> {
    if (this.trouble !== null) throw this.trouble;
    return this.fingerprint;
  }

  /** A look some time after the last one. */
  async pollLater(): Promise<void> {
    this.nowMs += restMs;
    await this.follower.poll();
  }

  /** A query when the last look is no longer good enough. */
  async catchUpLater(): Promise<void> {
    this.nowMs += freshMs;
    await this.follower.catchUp();
  }

  scanned(): ScanResult {
    return {
      definitions: this.definitions,
      config: { config: this.config, origins: this.configOrigins as never, problems: this.configProblems },
      configUnread: this.configUnread,
      syncCommands: this.syncCommands,
      unread: this.unread,
      listProblems: [],
      places: new Map(),
      excluded: new Map(),
      notCheckedOut: new Map(),
      problems: this.problems,
      sound: this.problems.length === 0,
      complete: this.complete,
      fingerprint: this.fingerprint,
    };
  }

  get kinds(): string[] {
    return this.commands.map((command) => command.kind);
  }
}
