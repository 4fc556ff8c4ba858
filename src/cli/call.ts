import { onWallClock, type Admitted, type Coordinator } from '../protocol/index.ts';
import { parseAgentIdForm } from '../core/index.ts';
import type { AgentId, Revision, Ticket } from '../core/index.ts';
import type { AgentSession } from '../participant/index.ts';
import type { ProcessPorts, Output } from './process/ports.ts';
import { serverAddress } from './server-address.ts';
import { usageError, valueOf } from './answer/errors.ts';
import { styleOf } from './format/style.ts';
import type { Style } from './format/style.ts';
import { jsonLine, shellCommand } from './format/text.ts';
import { withIsoTimes } from './format/time.ts';
import { whileTelling } from './process/live-line.ts';
import { troubleLine } from './process/trouble-line.ts';
import type { ServerManner } from './world/serving.ts';
import type { Repository, World } from './world/world.ts';

/** Options that every command understands. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly direct?: boolean;
  /** Of `rhema serve`, elsewhere; else RHEMA_SERVER. */
  readonly server?: string;
  /** `-C DIR`, as in git. */
  readonly directory?: string;
  /** Names the Git folder, as GIT_DIR would: how an owner process is told which one its caller has found. */
  readonly gitDir?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
  /** How long a server is tried while it cannot be reached, where somebody waits who waits for no longer. */
  readonly reachPatienceMs?: number;
  /** How whoever reads the answer starts this program, where that is not by its name. */
  readonly program?: readonly string[];
}

/** How many messages an agent has not read. */
export interface Unread {
  readonly agent: AgentId;
  readonly count: number;
}

/** One invocation: the ports of its process, the global options, and what the command has opened, each at most once. */
export class Call {
  readonly ports: ProcessPorts;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly cwd: string;
  readonly options: GlobalOptions;
  readonly #direct: boolean;
  readonly #color: boolean;
  #clone: Promise<Repository> | null = null;
  #repository: Promise<Repository> | null = null;
  #coordinator: Promise<Coordinator> | null = null;
  #principal: Promise<Admitted | null> | null = null;
  #heardRevision: Revision | null = null;
  #unread: Unread | null = null;
  #hasAnswered = false;
  /** Tickets of which the answer itself tells how they ended. */
  readonly attended = new Set<Ticket>();
  /** What stands in the envelope beside the answer. */
  beside: Readonly<Record<string, unknown>> = {};
  /** Who acts, once that is known; null for a call of nobody's. */
  acting: AgentSession | null = null;

  constructor(ports: ProcessPorts, options: GlobalOptions, cwd: string) {
    this.ports = ports;
    this.json = options.json ?? false;
    this.quiet = options.quiet ?? false;
    this.cwd = cwd;
    this.options = options;
    this.#direct = options.direct ?? false;
    this.#color = options.color ?? true;
  }

  /** The same call as if made in another folder; whoever makes it closes it. */
  in(cwd: string): Call {
    const options = cwd === this.cwd ? this.options : { ...this.options, directory: cwd };
    return new Call(this.ports, options, cwd);
  }

  get world(): World {
    return this.ports.world;
  }

  get nowMs(): number {
    return this.ports.clock.wallMs();
  }

  /** How text on standard output looks. */
  get style(): Style {
    return this.#styleOf(this.ports.stdout);
  }

  get errorStyle(): Style {
    return this.#styleOf(this.ports.stderr);
  }

  #styleOf(stream: Output): Style {
    return styleOf(this.ports.env, stream, this.#color);
  }

  repository(): Promise<Repository> {
    this.#repository ??= this.#locate();
    return this.#repository;
  }

  async #locate(): Promise<Repository> {
    const named = this.namedServer();
    const clone = await this.clone();
    if (named !== undefined) return { ...clone, server: named };
    const noted = this.#isAlone() ? null : await this.world.servers.noted(clone);
    return noted === null ? clone : { ...clone, server: noted, isNoted: true };
  }

  /** The repository as such, wherever it is coordinated. */
  clone(): Promise<Repository> {
    this.#clone ??= this.#find();
    return this.#clone;
  }

  /** Whether the caller says that what is noted in the clone does not count: `--direct`, or an address that is empty. */
  #isAlone(): boolean {
    return this.#direct || (this.options.server ?? this.ports.env['RHEMA_SERVER']) !== undefined;
  }

  #find(): Promise<Repository> {
    const { gitDir, directory } = this.options;
    const { env } = this.ports;
    if (gitDir === undefined) return this.world.locate(this.cwd, env, directory !== undefined);
    const named = { ...env, GIT_DIR: gitDir, GIT_COMMON_DIR: undefined, GIT_WORK_TREE: undefined };
    return this.world.locate(this.cwd, named, false);
  }

  /** A command line to copy, which reaches the same repository by the same way as this one. */
  rhema(...words: readonly string[]): string {
    const { directory, gitDir } = this.options;
    const chosen = [
      ...(directory === undefined ? [] : ['-C', directory]),
      ...(gitDir === undefined ? [] : ['--git-dir', gitDir]),
      // Init asks no coordinator.
      ...(this.#direct && words[0] !== 'init' ? ['--direct'] : []),
      ...(this.options.server === undefined ? [] : ['--server', this.options.server]),
    ];
    return shellCommand(...(this.options.program ?? ['rhema']), ...chosen, ...words);
  }

  /** Where the coordinator is, if not on this machine: `--server`, RHEMA_SERVER, else what `rhema login` noted in this clone. */
  async server(): Promise<Pick<Repository, 'server' | 'isNoted'>> {
    const server = this.namedServer();
    if (server !== undefined) return { server };
    const clone = await this.clone().catch(() => null);
    return clone === null ? {} : this.repository();
  }

  /** What the caller says of it: `--server`, else RHEMA_SERVER. */
  namedServer(): string | undefined {
    const text = this.options.server ?? this.ports.env['RHEMA_SERVER'] ?? '';
    if (text === '') return undefined;
    const server = serverAddress(text);
    if (!this.#direct) return server;
    throw usageError('--direct opens the log of this machine: it goes without --server and RHEMA_SERVER');
  }

  /** Whom the token that is kept for the server lets in; null: no server is asked, or no token is kept for it. */
  principal(): Promise<Admitted | null> {
    this.#principal ??= this.#whoAmI();
    return this.#principal;
  }

  async #whoAmI(): Promise<Admitted | null> {
    const { server, isNoted } = await this.server();
    if (server === undefined) return null;
    const { servers } = this.world;
    const token = await servers.token(server, isNoted);
    return token === null ? null : servers.whoAmI(server, token, this.#manner());
  }

  coordinator(): Promise<Coordinator> {
    this.#coordinator ??= this.#connect();
    return this.#coordinator;
  }

  async #connect(): Promise<Coordinator> {
    const repository = await this.repository();
    const coordinator = await whileTelling(this, 'reaching the coordinator', () =>
      this.world.connect(repository, { direct: this.#direct, ...this.#manner() }),
    );
    return this.#listening(onWallClock(coordinator, () => this.nowMs));
  }

  /** How a server is asked: trouble that lasts is told of. */
  #manner(): ServerManner {
    const { reachPatienceMs } = this.options;
    const onRetry = troubleLine(
      () => this.ports.clock.monotonicMs(),
      (text) => this.note(text),
    );
    return { onRetry, ...(reachPatienceMs !== undefined && { reachPatienceMs }) };
  }

  /** Whether a coordinator was looked for. */
  get isConnected(): boolean {
    return this.#coordinator !== null;
  }

  /** Of the coordinator's last answer; null before there was one. What is found to be wrong after it belongs to it. */
  get heardRevision(): Revision | null {
    return this.#heardRevision;
  }

  /** Messages that wait for the agent as which the command acts, by the last answer to it; null: there are none. */
  get unread(): Unread | null {
    return this.#unread?.count === 0 ? null : this.#unread;
  }

  #listening(coordinator: Coordinator): Coordinator {
    return {
      ...coordinator,
      submit: async (request) => {
        const reply = await coordinator.submit(request);
        if ('agent' in request.command)
          this.#unread = { agent: request.command.agent, count: reply.unread ?? 0 };
        return reply;
      },
      query: async (query) => {
        const answer = await coordinator.query(query);
        if ('revision' in answer) this.#heardRevision = answer.revision;
        return answer;
      },
    };
  }

  /** Ends the connection if there is one. What went wrong with it has been told already. */
  async close(): Promise<void> {
    const coordinator = await this.#coordinator?.catch(() => null);
    await coordinator?.close();
  }

  /** Whether the environment says which agent acts. */
  get hasAgentName(): boolean {
    return (this.ports.env['RHEMA_AGENT'] ?? '') !== '';
  }

  /** Who acts: `--agent`, else RHEMA_AGENT. Nobody is guessed. */
  agentName(option: string | undefined): AgentId {
    const name = option ?? this.ports.env['RHEMA_AGENT'];
    if (name === undefined || name === '')
      throw usageError('which agent acts? Give --agent NAME, or set RHEMA_AGENT');
    return valueOf(parseAgentIdForm(name));
  }

  /** Prints a line for people on standard output, outside of the command's own answer. */
  print(text: string): void {
    this.ports.stdout.write(`${text}\n`);
  }

  /** As {@link print}, for what comes before the answer; `--quiet` and `--json` silence it. */
  show(text: string): void {
    if (text !== '' && !this.quiet && !this.json) this.print(text);
  }

  /** Tells people something beside the answer, on standard error; `--quiet` and `--json` silence it. */
  note(text: string): void {
    if (!this.quiet && !this.json) this.ports.stderr.write(`${text}\n`);
  }

  /** Prints the envelope of an answer, with what else the agent that acted has to know. */
  printAnswer(envelope: Readonly<Record<string, unknown>>): void {
    this.#hasAnswered = true;
    this.printJson({ ...envelope, ...this.beside });
  }

  /** Whether an envelope was printed: a command that leaves the printing to another has none. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Prints one JSON line; points in time get their ISO form. */
  printJson(value: Readonly<Record<string, unknown>>): void {
    this.ports.stdout.write(`${jsonLine(withIsoTimes(value))}\n`);
  }
}
