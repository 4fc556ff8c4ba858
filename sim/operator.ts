import type { ReportViolation, ScopeDefinition, ScopePath } from '../src/core/index.ts';
import type { CallerCommand } from '../src/protocol/index.ts';
import type { Client } from './client.ts';
import { filesOf, type Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { Wishes } from './wishes.ts';

const acts = {
  revoke: 3,
  divide: 5,
  tune: 2,
  say: 1,
  redefine: 2,
  vanish: 2,
  git: 2,
  retry: 2,
  reset: 1,
  abort: 1,
  invalidate: 1,
  report: 4,
  settle: 2,
} as const;

/** People, Git and the settings: they take locks back, change the graph and what there is of resources, speak, and pull. */
export class Operator {
  readonly #client: Client;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #profile: Profile;
  readonly #wishes: Wishes;
  /** Scopes inside others that are defined, as far as it knows. */
  readonly #inner = new Set<ScopePath>();
  #requests = 0;

  constructor(client: Client, random: Random, scheduler: Scheduler, profile: Profile) {
    this.#client = client;
    this.#random = random;
    this.#scheduler = scheduler;
    this.#profile = profile;
    this.#wishes = new Wishes(random, profile);
  }

  async meddle(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      await this.#scheduler.sleep(this.#random.between(500, 6_000));
      const act = this.#random.weighted(acts);
      if (act === 'vanish') await this.#vanish();
      else if (act === 'tune') await this.#tune();
      else await this.#send(this.#command(act));
    }
  }

  /** As the settings were at first: every resource has its slots. */
  async tuneBack(): Promise<void> {
    await this.#client.configure(this.#profile.settings);
  }

  /** Every scope, with whatever dependencies, and none inside another. */
  async defineAll(): Promise<void> {
    this.#inner.clear();
    await this.#send({
      kind: 'DefineScopes',
      by: 'operator',
      scopes: this.#graph(this.#profile.scopes, false),
    });
  }

  /** Another commit is checked out and the first one again: scopes are missing for a while, or all of them. */
  async #vanish(): Promise<void> {
    const { scopes } = this.#profile;
    const left = this.#random.some(scopes, this.#random.between(0, scopes.length - 1));
    await this.#send({ kind: 'DefineScopes', by: 'operator', scopes: this.#graph(left, false) });
    await this.#scheduler.sleep(this.#random.between(1, 5_000));
    await this.defineAll();
  }

  /** A resource has more slots, fewer, or is none any more. What is in use is left as it is. */
  async #tune(): Promise<void> {
    const { settings } = this.#profile;
    const slots = Object.entries(settings.resources).flatMap(([name, most]) => {
      const capacity = this.#random.between(0, most);
      return capacity === 0 ? [] : [[name, capacity] as const];
    });
    await this.#client.configure({ ...settings, resources: Object.fromEntries(slots) });
  }

  /** A scope inside another comes, or goes. */
  #divide(): CallerCommand {
    const path = this.#random.pick(this.#profile.inner);
    const by = 'operator';
    if (this.#inner.delete(path)) return { kind: 'RemoveScope', by, scope: path };
    this.#inner.add(path);
    return { kind: 'DefineScope', by, scope: { path, name: path, type: 'package', dependencies: [] } };
  }

  #command(act: Exclude<keyof typeof acts, 'vanish' | 'tune'>): CallerCommand {
    const scope = this.#random.pick(this.#profile.scopes);
    const by = 'operator';
    switch (act) {
      case 'revoke':
        return { kind: 'RevokeLock', by, ...this.#wishes.drawOne(), reason: 'planned' };
      case 'divide':
        return this.#divide();
      case 'say':
        return {
          kind: 'SendAsOperator',
          by,
          to: { kind: 'all' },
          messageKind: 'stop',
          text: `operator ${this.#requests}`,
        };
      case 'redefine':
        return {
          kind: 'DefineScopes',
          by,
          scopes: this.#graph(this.#someScopes(), this.#random.happens(0.1)),
        };
      case 'git':
        return { kind: 'GitOperation', by, scopes: [scope], operation: 'merge' };
      case 'retry':
        return { kind: 'RetrySync', by, scope };
      case 'reset':
        return { kind: 'ResetSync', by, scope };
      case 'abort':
        return { kind: 'AbortSync', by, scope, reason: 'planned' };
      case 'invalidate':
        return { kind: 'InvalidateSync', by, scope, reason: 'planned' };
      case 'report':
        return {
          kind: 'ReportViolation',
          by,
          ...this.#violation(scope),
          evidence: 'seen',
          remedy: 'mend it',
        };
      case 'settle': {
        const { path: _path, ...name } = this.#violation(scope);
        return { kind: 'SettleViolation', by, ...name, end: 'mended', cause: null };
      }
    }
  }

  /** Of a scope as a whole, or of a file that may be claimed by itself. */
  #violation(scope: ScopePath): Pick<ReportViolation, 'type' | 'rule' | 'subject' | 'path'> {
    const path = this.#random.happens(0.4) ? scope : this.#random.pick(filesOf(scope));
    return { type: 'ContextConsistency', rule: 'YAML_SYNTAX', subject: path, path: path as ScopePath };
  }

  #someScopes(): ScopePath[] {
    const scopes = [...this.#profile.scopes, ...this.#inner];
    if (this.#random.happens(0.6)) return scopes;
    return this.#random.some(scopes, this.#random.between(1, scopes.length));
  }

  /** Each scope may depend on one before it. A cyclic graph must be refused whole. */
  #graph(scopes: readonly ScopePath[], cyclic: boolean): ScopeDefinition[] {
    return scopes.map((path, index) => {
      const before = scopes.slice(0, index);
      const dependencies = cyclic ? scopes.filter((other) => other !== path) : this.#random.some(before, 1);
      return { path, name: path, type: 'package', dependencies: dependencies.toSorted() };
    });
  }

  async #send(command: CallerCommand): Promise<void> {
    this.#requests += 1;
    await this.#client.submit({ requestId: `operator-${this.#requests}`, command });
  }
}
