/** The commands that scopes declare: which of them may be run, and how one is. */
import type { ScopePath } from '../../core/index.ts';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { CommandEnd, ScopeCommand } from '../../sync/index.ts';
import { onAbort, wakeAtFirst } from '../../time/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import type { ChildEnd, ChildProcess } from '../process/ports.ts';
import { markVariable } from '../process/process-tree.ts';
import type { SyncGround } from './sync-ground.ts';

/** Which commands may be run by whom: when somebody syncs, or also when nobody has asked for it. */
export interface Asking {
  /** All of them, whether or not they were allowed. */
  readonly all?: boolean;
  /** Nobody has asked for it. */
  readonly auto?: boolean;
}

/** What the user has allowed, word for word. It is read anew each time: what is not allowed any more is not run. */
export class Allowances {
  readonly #call: Call;
  readonly #ground: SyncGround;
  readonly #asking: Asking;

  constructor(call: Call, ground: SyncGround, asking: Asking = {}) {
    this.#call = call;
    this.#ground = ground;
    this.#asking = asking;
  }

  isAllowed(scope: ScopePath, { run }: Pick<ScopeCommand, 'run'>): boolean {
    return this.#asking.all === true || this.#allowed().has(keyOf(scope, run));
  }

  /** What scopes declare and nobody has allowed yet, by the paths of the scopes. */
  get missing(): readonly (readonly [ScopePath, ScopeCommand])[] {
    if (this.#asking.all === true) return [];
    const allowed = this.#allowed();
    return [...this.#ground.commands].filter(([scope, { run }]) => !allowed.has(keyOf(scope, run)));
  }

  /** From now on everything that is declared now is allowed, and nothing else; what may be run by itself still may. */
  allowAll(auto: boolean): void {
    const byItself = this.#allowed(true);
    const commands = [...this.#ground.commands].map(([scope, { run }]) => ({
      scope,
      run,
      auto: auto || byItself.has(keyOf(scope, run)),
    }));
    this.#call.world.syncs.allow(this.#call.ports.env, this.#ground.repository, commands);
  }

  #allowed(byItself = this.#asking.auto === true): ReadonlySet<string> {
    const kept = this.#call.world.syncs.allowed(this.#call.ports.env, this.#ground.repository);
    const wanted = kept.filter(({ auto }) => auto || !byItself);
    return new Set(wanted.map(({ scope, run }) => keyOf(scope, run)));
  }
}

const keyOf = (scope: ScopePath, run: string): string => JSON.stringify([scope, run]);

/** One line for each: what would be run, and for which scope. */
export function commandLines(commands: Allowances['missing']): string[] {
  return commands.map(([scope, { run }]) => line`  ${scope}: ${run}`);
}

/** Names the scope to the command that is run for it. */
export const syncedVariable = 'RHEMA_SYNC_SCOPE';

/** Of what a command says the end is kept, in bytes. */
export const outputBytesMax = 48 * 1024;
/** How long a command that is told to end may take, before it is ended by force. */
const graceMs = 5_000;
/** How long is waited for the last words of what has cut itself loose. */
const lastWordsMs = 1_000;

export interface Execution {
  readonly root: string;
  readonly scope: ScopePath;
  readonly command: ScopeCommand;
  readonly agent: string;
  readonly signal: AbortSignal;
}

/** Runs a command in its scope's folder. When it has ended nothing of it goes on, whatever it has started. */
export async function executeCommand(
  call: Call,
  ground: SyncGround,
  { root, scope, command, agent, signal }: Execution,
): Promise<CommandEnd> {
  const cwd = join(root, scope);
  if (!existsSync(cwd)) return { kind: 'notStarted', message: `there is no folder ${scope}: make it` };
  const output = new Tail(outputBytesMax);
  const child = call.ports.processes.start({
    file: '/bin/sh',
    args: ['-c', command.run],
    cwd,
    env: {
      ...call.ports.env,
      RHEMA_AGENT: agent,
      [syncedVariable]: scope,
      [markVariable]: `${call.ports.env[markVariable] ?? ''}${call.world.newRequestId()};`,
    },
    ownGroup: true,
    endInMs: command.timeoutMs + graceMs,
    graceMs,
    onOutput: (said) => output.add(said),
  });
  const end = await endOf(call, child, { signal, timeoutMs: command.timeoutMs });
  call.world.syncs.keepOutput(ground.repository, scope, output.text);
  return end;
}

interface Until {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function endOf(call: Call, child: ChildProcess, { signal, timeoutMs }: Until): Promise<CommandEnd> {
  const { clock } = call.ports;
  let ended: CommandEnd | null = null;
  const over = child.ended.then(
    (end) => void (ended = commandEnd(end)),
    (error: unknown) => void (ended = { kind: 'notStarted', message: messageOf(error) }),
  );
  try {
    await wakeAtFirst(
      (wake) => (void over.then(wake), () => undefined),
      (wake) => clock.schedule(timeoutMs, wake),
      onAbort(signal),
    );
    const own = ended as CommandEnd | null;
    if (own === null) {
      child.tellAll();
      await wakeAtFirst(
        (wake) => (void over.then(wake), () => undefined),
        (wake) => clock.schedule(graceMs, wake),
      );
    }
    await child.endAll();
    await wakeAtFirst(
      (wake) => (void child.silent.then(wake), () => undefined),
      (wake) => clock.schedule(lastWordsMs, wake),
    );
    return own ?? (signal.aborted ? { kind: 'stopped' } : { kind: 'overdue' });
  } finally {
    child.letGo();
  }
}

function commandEnd(end: ChildEnd): CommandEnd {
  if (end.kind === 'exited') return end;
  const found = Object.entries(constants.signals).find(([, number]) => number === end.signalNumber);
  return { kind: 'signalled', signal: found?.[0] ?? `signal ${end.signalNumber}` };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The end of what is said, in whole lines where there are any. */
class Tail {
  readonly #max: number;
  #parts: Buffer[] = [];
  #length = 0;
  #dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length > 2 * this.#max) this.#cut();
  }

  get text(): string {
    this.#cut();
    const text = Buffer.concat(this.#parts).toString('utf8');
    return this.#dropped === 0 ? text : `(${this.#dropped} bytes before this were not kept)\n${text}`;
  }

  #cut(): void {
    if (this.#length <= this.#max) return;
    const all = Buffer.concat(this.#parts);
    const from = all.length - this.#max;
    const newline = all.indexOf(0x0a, from);
    const kept = all.subarray(newline === -1 || newline - from > 1_024 ? from : newline + 1);
    this.#dropped += all.length - kept.length;
    this.#parts = [kept];
    this.#length = kept.length;
  }
}
