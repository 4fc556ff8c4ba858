import { isDeepStrictEqual } from 'node:util';
import {
  deleteSession,
  livingOccupant,
  readSession,
  statePaths,
  writeSession,
  type StatePaths,
} from '../../src/client/index.ts';
import type { AgentId, Command, CommandOf, ScopeDefinition, ScopePath } from '../../src/core/index.ts';
import type { AgentSession } from '../../src/participant/index.ts';
import type { ScopeProblem, ScopesAnswer, StatusAnswer } from '../../src/protocol/index.ts';
import { vainTakeOver, wordsOf, type WrittenKind } from './cli-words.ts';
import { configure } from './configuring.ts';
import type { Answer, Face, FaultName, Shown, Told, Wait, WaitEnd } from './face.ts';
import { forgetOccupant, occupyElsewhere } from './occupants.ts';
import type { Ended, Running, Shell } from './shell.ts';
import type { Stage } from './stage.ts';
import { ownSession } from './visible.ts';

/** The one line that a command with `--json` prints. */
interface Envelope {
  readonly ok: boolean;
  readonly revision: number | null;
  readonly code?: string;
  readonly gone?: string;
  readonly details?: Told;
  readonly [field: string]: unknown;
}

type Written = CommandOf<WrittenKind>;

/** The command line: every command is typed with `--json`, and `status` and `scope list` show the state. */
export class CliFace implements Face {
  readonly waits = new Set<Wait>();
  readonly #stage: Stage;
  readonly #shell: Shell;
  readonly #observer: Shell;
  readonly #paths: StatePaths;
  /** The scope files, as far as the coordinator has taken them over. */
  #scopes: ReadonlyMap<ScopePath, ScopeDefinition>;
  readonly #waiting = new Map<Wait, Running>();
  /** As they were shown last. */
  #agents: StatusAnswer['agents'] = [];

  /** `observer`: where the state is looked at. */
  constructor(stage: Stage, shell: Shell, observer: Shell, scopes: readonly ScopeDefinition[]) {
    this.#stage = stage;
    this.#shell = shell;
    this.#observer = observer;
    this.#paths = statePaths(stage.checkout.commonDir);
    this.#scopes = new Map(scopes.map((scope) => [scope.path, scope]));
  }

  async perform(command: Command): Promise<Answer> {
    switch (command.kind) {
      case 'Configure':
        return configure(this.#stage.checkout, command.settings, () => this.#refresh());
      case 'DefineScope':
      case 'DefineScopes':
      case 'RemoveScope':
        return this.#rewrite(command);
      case 'AcquireLock':
        return this.#acquire(command);
      case 'AgentLeave':
        return this.#leave(command);
      case 'AgentResume':
        return this.#takeOver(command);
      case 'Heartbeat':
        if (command.session === ownSession) return this.#type(command);
        return this.#withSession({ ...command, secret: forgedSecret }, () => this.#type(command));
      default:
        return this.#type(command);
    }
  }

  async befall(fault: FaultName, agent: AgentId): Promise<void> {
    if (fault !== 'Crash') return;
    for (const [wait, running] of this.#waiting)
      if (wait.agent === agent) {
        this.waits.delete(wait);
        running.kill();
      }
  }

  async look(): Promise<Shown> {
    const [status, scopes] = await Promise.all([
      this.#read<StatusAnswer>(['status']),
      this.#read<ScopesAnswer>(['scope', 'list']),
    ]);
    this.#agents = status.agents;
    return { status, scopes, requests: [] };
  }

  inWords(command: Command): string {
    switch (command.kind) {
      case 'Configure':
      case 'DefineScope':
      case 'DefineScopes':
      case 'RemoveScope':
        return `rhema scope refresh  # after ${command.kind} in the files: ${JSON.stringify(asWritten(command))}`;
      case 'AgentResume':
        return `${asTyped(this.#wordsOfTakeOver(command))}  # while another process keeps it`;
      default:
        return asTyped(wordsOf(command));
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#shell.end(), this.#observer.end()]);
  }

  async #type(command: Command): Promise<Answer> {
    return answerOf(await this.#run(wordsOf(command)).ended);
  }

  #run(words: readonly string[]): Running {
    return this.#shell.run([...words, '--json']);
  }

  async #read<T>(words: readonly string[]): Promise<T> {
    const ended = await this.#observer.run([...words, '--json']).ended;
    if (ended.code !== 0)
      throw new Error(`${words.join(' ')} ends with ${ended.code}: ${ended.stdout}${ended.stderr}`);
    return envelopeOf(ended) as unknown as T;
  }

  /** The command that waits goes on waiting while others are typed; that the owner was asked tells that it does. */
  async #acquire(command: CommandOf<'AcquireLock'>): Promise<Answer> {
    const asked = this.#stage.nextWaitOf(command.agent);
    const running = this.#run(wordsOf(command));
    const first = await Promise.race([running.ended, asked]);
    if (first !== undefined) return asAskedAgain(command, answerOf(first), envelopeOf(first));
    const wait: Wait = { agent: command.agent, end: async () => waitEndOf(await running.ended) };
    this.waits.add(wait);
    this.#waiting.set(wait, running);
    return { code: null, revision: null, told: {} };
  }

  /** A refused leave of a lost agent drops the session; the process of the model still has it, and tries again. */
  async #leave(command: CommandOf<'AgentLeave'>): Promise<Answer> {
    const session = readSession(this.#paths, command.agent);
    const answer = await this.#type(command);
    if (answer.code !== null && session !== null) writeSession(this.#paths, session);
    return answer;
  }

  /** From a process that keeps the agent as a client's server does: nobody else is taken over. */
  async #takeOver(command: CommandOf<'AgentResume'>): Promise<Answer> {
    const { agent, epoch } = command;
    const typed = async (): Promise<Answer> => {
      occupyElsewhere(this.#paths, agent);
      const answer = answerOf(await this.#run(this.#wordsOfTakeOver(command)).ended);
      const isKept = livingOccupant(this.#paths, agent) !== null;
      forgetOccupant(this.#paths, agent);
      if (isKept === (answer.code !== null)) return answer;
      return { ...answer, code: `${answer.code ?? 'accepted'}, and ${isKept ? 'kept' : 'let go of'}` };
    };
    if (readSession(this.#paths, agent) !== null) return typed();
    return this.#withSession({ agent, epoch, secret: forgedSecret }, typed);
  }

  /** A join makes an agent of that name where there is none to go on as, which would be a step more. */
  #wordsOfTakeOver(command: CommandOf<'AgentResume'>): readonly string[] {
    const view = this.#agents.find(({ agent }) => agent === command.agent);
    return view?.presence === 'present' ? wordsOf(command) : vainTakeOver(command);
  }

  /** As somebody who has written a session file of his own. */
  async #withSession({ agent, epoch, secret }: AgentSession, act: () => Promise<Answer>): Promise<Answer> {
    const session = readSession(this.#paths, agent);
    writeSession(this.#paths, { agent, epoch, secret });
    try {
      return await act();
    } finally {
      if (session === null) deleteSession(this.#paths, agent);
      else writeSession(this.#paths, session);
    }
  }

  // Scope files.

  /** Writes the graph down and has it read; what was refused is undone. */
  async #rewrite(command: Exclude<Written, CommandOf<'Configure'>>): Promise<Answer> {
    const before = this.#scopes;
    const after = rewritten(before, command);
    this.#write(before, after);
    const answer = await this.#refresh();
    if (answer.code === null) this.#scopes = after;
    else this.#write(after, before);
    return answer;
  }

  #write(from: ReadonlyMap<ScopePath, ScopeDefinition>, to: ReadonlyMap<ScopePath, ScopeDefinition>): void {
    for (const path of from.keys()) if (!to.has(path)) this.#stage.checkout.removeScope(path);
    for (const scope of to.values()) this.#stage.checkout.writeScope(scope);
  }

  async #refresh(): Promise<Answer> {
    const { ok, revision, code, details, ...told } = envelopeOf(await this.#run(['scope', 'refresh']).ended);
    if (!ok && code !== 'SCOPES_REFUSED') return { code: code ?? null, revision, told: {} };
    const [problem] = ((ok ? told : details)?.['problems'] ?? []) as readonly ScopeProblem[];
    return { code: problem?.code ?? null, revision, told: {} };
  }
}

const forgedSecret = 'f'.repeat(32);
const asTyped = (words: readonly string[]): string => ['rhema', ...words, '--json'].join(' ');

function rewritten(
  scopes: ReadonlyMap<ScopePath, ScopeDefinition>,
  command: Exclude<Written, CommandOf<'Configure'>>,
): Map<ScopePath, ScopeDefinition> {
  if (command.kind === 'DefineScopes') return new Map(command.scopes.map((scope) => [scope.path, scope]));
  const after = new Map(scopes);
  if (command.kind === 'DefineScope') after.set(command.scope.path, command.scope);
  else after.delete(command.scope);
  return after;
}

function asWritten(command: Written): unknown {
  switch (command.kind) {
    case 'Configure':
      return { maxConcurrentAgents: command.settings.maxConcurrentAgents };
    case 'DefineScopes':
      return command.scopes.map(({ path, dependencies }) => [path, dependencies]);
    case 'DefineScope':
      return [command.scope.path, command.scope.dependencies];
    case 'RemoveScope':
      return command.scope;
  }
}

// What a command has printed.

const refusedExitCode = 3;
const vainExitCode = 4;

function envelopeOf({ code, stdout, stderr }: Ended): Envelope {
  const [line = '', ...more] = stdout.trimEnd().split('\n');
  if (line === '' || more.length > 0)
    throw new Error(`ended with ${code}, not one line of JSON: ${stdout}${stderr}`);
  return JSON.parse(line) as Envelope;
}

/**
 * Whoever asks anew for what it waits for, and would not wait now, keeps its ticket: the core says that nothing has changed, and
 * the command line refuses, since the locks are not there.
 */
function asAskedAgain(
  { wait, scopes }: CommandOf<'AcquireLock'>,
  answer: Answer,
  { details }: Envelope,
): Answer {
  const isSame = isDeepStrictEqual(details?.['scopes'], scopes.toSorted());
  if (wait.kind !== 'none' || answer.code !== 'ALREADY_WAITING' || !isSame) return answer;
  return { ...answer, code: null, told: { kind: 'queued', ticket: details?.['ticket'] } };
}

/** The exit code must say the same as the envelope. */
function answerOf(ended: Ended): Answer {
  const { ok, revision, code: refused = null, gone = null, ...told } = envelopeOf(ended);
  // Who leaves as an agent that is gone is told how it went, and has got what was asked for.
  const code = refused ?? gone;
  const isAgreed = ended.code === (ok ? 0 : refusedExitCode) && ok === (refused === null);
  return {
    code: isAgreed ? code : `${code ?? 'accepted'} with exit code ${ended.code}`,
    revision,
    told: code === null ? told : {},
  };
}

function waitEndOf(ended: Ended): WaitEnd {
  const { ok, code, ...told } = envelopeOf(ended);
  if (ok && ended.code === 0) return { isGranted: true, told };
  if (code === 'WAITED_IN_VAIN' && ended.code === vainExitCode) return { isGranted: false, told: {} };
  throw new Error(`a wait ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
}
