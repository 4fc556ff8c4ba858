import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from '../../core/index.ts';
import type { SocketCoordinator } from '../../client/index.ts';
import type { End } from '../cast.ts';
import { LogFollower } from '../log-follower.ts';
import { cliMain, reach } from '../owner.ts';
import type { Stage } from '../stage.ts';
import { ClientProcess } from './client-process.ts';
import type { CodingClient } from './coding-clients.ts';
import { ModelServer } from './model-server.ts';
import { contendedFile, contendedScope } from './scratch.ts';
import { call, inSteps, type Step, type ToolResult } from './script.ts';

/** A client and where its program is. */
export interface Player {
  readonly client: CodingClient;
  readonly program: string;
}

/** What has happened, for the verdict. */
export interface ClientPlot {
  readonly entries: readonly Entry[];
  /** The token that the first holder had when it was killed. */
  readonly lostToken: number;
  readonly killed: End;
  readonly waiter: Ended;
  readonly returned: Ended;
}

/** A client that ran to its end. */
export interface Ended {
  readonly name: string;
  readonly end: End;
  readonly said: string;
  /** What its tools have answered. */
  readonly heard: readonly ToolResult[];
}

/** A call's wait: shorter than what is waited for, so that a model has to ask again. */
const waitSeconds = 3;
const never = new Promise<never>(() => undefined);

/**
 * One client takes a scope and is killed in the middle, another one waits for it in the queue and is given it when the
 * lease ends. The first comes back under its name, writes under its old token, and gets in line.
 */
export class ClientPlay {
  readonly #stage: Stage;
  readonly #coordinator: SocketCoordinator;
  readonly #log: LogFollower;
  readonly #models: ModelServer;
  readonly #running: ClientProcess[] = [];

  private constructor(stage: Stage, coordinator: SocketCoordinator, models: ModelServer) {
    this.#stage = stage;
    this.#coordinator = coordinator;
    this.#models = models;
    this.#log = new LogFollower(coordinator);
  }

  static async begin(stage: Stage): Promise<ClientPlay> {
    return new ClientPlay(stage, await reach(stage.commonDir, stage.worktree), await ModelServer.start());
  }

  async perform(first: Player, second: Player): Promise<ClientPlot> {
    const [holder, waiter] = [first.client.name, second.client.name];
    const firstLife = this.#start(first, 'first-life', holdForEver(holder));
    await this.#unlessEnded(firstLife, () => this.#tokensOf(holder).length === 1);
    const [lostToken = 0] = this.#tokensOf(holder);

    const backInLine = this.#log.until(() => this.#ticketsOf(holder) === 1);
    const taking = this.#start(second, 'waiter', takeTurn(waiter, backInLine));
    await this.#unlessEnded(taking, () => this.#ticketsOf(waiter) === 1);
    firstLife.kill();
    const killed = await firstLife.ended;
    await this.#unlessEnded(taking, () => this.#tokensOf(waiter).length === 1);

    const secondLife = this.#start(first, 'second-life', comeBack(holder, lostToken));
    await this.#unlessEnded(secondLife, () => this.#ticketsOf(holder) === 1);
    return {
      lostToken,
      killed,
      waiter: await this.#result(waiter, 'waiter', taking),
      returned: await this.#result(holder, 'second-life', secondLife),
      entries: this.#log.entries,
    };
  }

  /** Ends whatever still runs. */
  async end(): Promise<void> {
    for (const client of this.#running) client.kill();
    this.#models.stop();
    await this.#log.stop();
    await this.#coordinator.stopOwner('now');
    await this.#coordinator.close();
  }

  #start({ client, program }: Player, part: string, steps: readonly Step[]): ClientProcess {
    const { worktree } = this.#stage;
    const home = mkdtempSync(join(dirname(worktree), `${client.name}-`));
    const modelUrl = this.#models.play(part, inSteps(steps));
    const run = client.prepare({ home, modelUrl, serverConfig: printedConfig(client, this.#stage) });
    const surroundings = { folder: worktree, home, path: process.env['PATH'] ?? '' };
    const started = new ClientProcess(client.title, program, run, surroundings);
    this.#running.push(started);
    return started;
  }

  /** Waits for the log; a client that ends before has failed. */
  async #unlessEnded(client: ClientProcess, isTrue: () => boolean): Promise<void> {
    const failed = client.ended.then(({ code, signal }) => {
      if (isTrue()) return;
      throw new Error(`${client.title} ended too early, with ${code ?? signal}: ${client.said}`);
    });
    await Promise.race([this.#log.until(isTrue), failed]);
  }

  async #result(name: string, part: string, client: ClientProcess): Promise<Ended> {
    return { name, end: await client.ended, said: client.said, heard: this.#models.heardBy(part) };
  }

  #tokensOf(agent: string): number[] {
    return this.#log.entries.flatMap(({ revision, events }) =>
      events.some((event) => event.kind === 'lock.granted' && event.agent === agent) ? [revision] : [],
    );
  }

  #ticketsOf(agent: string): number {
    return this.#log.events.filter((event) => event.kind === 'ticket.issued' && event.agent === agent).length;
  }
}

/** What a user would copy: the program's own word is tried here, not a second version of it. */
function printedConfig({ name }: CodingClient, { worktree }: Stage): string {
  const args = [cliMain, '-C', worktree, 'mcp', '--client-config', name];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

const joins = (agent: string, more: { readonly resume?: true } = {}): Step => ({
  move: call('agent_join', { agent, task: 'the api', ...more }),
  // JOINED, or RESUMED where the session has outlived the lease.
  until: `as ${agent}`,
});

const acquire = (agent: string, reason: string): Step => ({
  move: call('lock_acquire', { agent, scopes: [contendedScope], reason, wait_seconds: waitSeconds }),
  until: 'GRANTED',
  again: 'WAITING',
});

const release = (agent: string): Step => ({ move: call('lock_release', { agent }), until: 'RELEASED' });

const leave = (agent: string): Step => ({
  move: call('agent_report', { agent, status: 'left' }),
  until: 'LEFT',
});

function holdForEver(agent: string): Step[] {
  return [joins(agent), acquire(agent, 'rework the login'), { ...release(agent), after: never }];
}

function takeTurn(agent: string, until: Promise<unknown>): Step[] {
  return [
    joins(agent),
    acquire(agent, 'review the login'),
    { ...release(agent), after: until },
    leave(agent),
  ];
}

function comeBack(agent: string, lostToken: number): Step[] {
  const write = call('context_record', { agent, path: contendedFile, token: lostToken });
  return [
    joins(agent, { resume: true }),
    { move: write, until: 'STALE_FENCING_TOKEN' },
    acquire(agent, 'go on with the login'),
    release(agent),
    leave(agent),
  ];
}
