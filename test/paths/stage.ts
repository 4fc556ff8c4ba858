import { noGit } from '../../src/daemon/testing/no-git.ts';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fingerprintOnly,
  findRepository,
  scanRepository,
  type LastGood,
  type Repository,
} from '../../src/repository/index.ts';
import { statePaths } from '../../src/client/index.ts';
import type { AgentId } from '../../src/core/index.ts';
import { LocalCoordinator } from '../../src/daemon/local-coordinator.ts';
import { ScopeFollower } from '../../src/daemon/scope-follower.ts';
import { inForceOf } from '../../src/daemon/withheld.ts';
import type { ServedCoordinator } from '../../src/daemon/served.ts';
import type { CoordinatorServer } from '../../src/daemon/server.ts';
import { serve, shut } from '../../src/daemon/testing/served.ts';
import { openService, type Service } from '../../src/service/index.ts';
import { ManualClock, ManualTime } from '../../src/time/index.ts';
import { MemoryLog, MemoryLogStore } from '../../src/store/memory/index.ts';
import type { Checkout } from './checkout.ts';
import { shownUnitMs } from './route.ts';

/** Of the owner, and of every client that is to find it neither older nor newer. */
export const stageVersion = '1.0.0';

/** One life of the owner: the service, its timers, and the server in front of it. */
interface Owner {
  readonly service: Service;
  readonly timers: ManualTime;
  readonly server: CoordinatorServer;
}

/**
 * The real owner of a checkout's log, on its real socket, put together as the process does it. Only what walks must have in
 * their hands is another: the clock and the timers stand still unless moved, the boot is what we say, and the log is in
 * memory.
 */
export class Stage {
  readonly checkout: Checkout;
  readonly #version: string;
  readonly #log = new MemoryLog();
  readonly #clock = new ManualClock();
  readonly #onWait = new Map<AgentId, Set<() => void>>();
  #boots = 0;
  #owner: Owner | null = null;

  private constructor(checkout: Checkout, version: string) {
    this.checkout = checkout;
    this.#version = version;
  }

  /** With an empty log, and with the settings and the graph that the checkout has. */
  static async open(checkout: Checkout, version = stageVersion): Promise<Stage> {
    const stage = new Stage(checkout, version);
    rmSync(statePaths(checkout.commonDir).directory, { recursive: true, force: true });
    stage.#showTime();
    stage.#owner = await stage.#openOwner();
    return stage;
  }

  /** The log's time: nothing but {@link passUnit} moves it. */
  get nowMs(): number {
    return this.#clock.wallMs();
  }

  /** Has the same in its text, for processes: what is still to come is told by their wall clock. */
  get clockFile(): string {
    return join(this.checkout.commonDir, 'clock');
  }

  /** One unit of time passes. What is due by then stays so until {@link ring}. */
  passUnit(): void {
    this.#clock.advance(shownUnitMs);
    this.#showTime();
  }

  /** The owner's timers get their turn. */
  ring(): void {
    this.#owner?.timers.advance(0);
  }

  /** The machine boots, and another owner takes the log over. */
  async boot(): Promise<void> {
    await this.#closeOwner();
    this.#clock.reboot();
    this.#owner = await this.#openOwner();
  }

  /** Resolves when the owner is next asked to tell this agent how its wait ends. */
  nextWaitOf(agent: AgentId): Promise<void> {
    const waking = this.#onWait.get(agent) ?? new Set();
    this.#onWait.set(agent, waking);
    return new Promise((resolve) => waking.add(resolve));
  }

  async close(): Promise<void> {
    await this.#closeOwner();
  }

  #showTime(): void {
    const fresh = `${this.clockFile}.new`;
    writeFileSync(fresh, String(this.nowMs));
    renameSync(fresh, this.clockFile);
  }

  async #openOwner(): Promise<Owner> {
    const repository = await findRepository({ cwd: this.checkout.worktree, env: {} });
    const timers = new ManualTime(this.#clock);
    this.#boots += 1;
    const service = await openService({
      store: new MemoryLogStore(this.#log),
      clock: this.#clock,
      timers,
      host: { hostId: 'host', bootId: `boot ${this.#boots}` },
    });
    const follower = this.#followerOf(repository, service);
    await follower.begin({ ok: true, scan: await scanRepository(repository, { previous: null, env: {} }) });
    const coordinator = this.#noticing(new LocalCoordinator(service, follower, noGit));
    const server = await serve(repository.commonDir, coordinator, { version: this.#version });
    return { service, timers, server };
  }

  async #closeOwner(): Promise<void> {
    const owner = this.#owner;
    this.#owner = null;
    if (owner === null) return;
    owner.server.stopListening();
    await owner.service.stop();
    shut(owner.server);
  }

  /** Passes everything on, and tells whoever listens that a wait has begun. */
  #noticing(local: LocalCoordinator): ServedCoordinator {
    return {
      submit: (request) => local.submit(request),
      query: (query) => local.query(query),
      watch: (fromRevision, signal) => local.watch(fromRevision, signal),
      refresh: () => local.refresh(),
      idle: () => local.idle(),
      awaitTicket: (ticket, signal) => {
        const reply = local.awaitTicket(ticket, signal);
        for (const wake of this.#onWait.get(ticket.agent) ?? []) wake();
        this.#onWait.delete(ticket.agent);
        return reply;
      },
    };
  }

  #followerOf(repository: Repository, service: Service): ScopeFollower {
    return new ScopeFollower({
      scan: (previous: LastGood | null) => scanRepository(repository, { previous, env: {} }),
      fingerprint: () => fingerprintOnly(repository),
      known: { noteLook: () => {}, areTouched: () => false },
      inForce: () => inForceOf(service),
      submit: (command) => service.submitInternal(command),
      showProblems: (problems) => service.setScopeProblems(problems),
      wallMs: () => 0,
      monotonicMs: () => this.#clock.monotonicMs(),
      pause: () => Promise.resolve(),
    });
  }
}
