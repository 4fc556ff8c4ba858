import { basename } from 'node:path';
import { nameOf, namesOf, shownTarget, targetOf, wishOfNames } from '../../core/index.ts';
import type { Grant, Target, Wish } from '../../core/index.ts';
import {
  proofOf,
  releaseGrants,
  resultOf,
  type AcquireWish,
  type AgentSession,
} from '../../participant/index.ts';
import type { LockView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { AskingLine } from '../format/refusal.ts';
import { line } from '../format/text.ts';
import { done, ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import { markVariable } from '../process/process-tree.ts';
import { exitCodeAfter, firstSignal } from '../process/signals.ts';
import type { FirstSignal } from '../process/signals.ts';
import type { Acting } from './acting.ts';
import { acquire, leaseWords, notGranted, waitWish, type LeaseInput } from './acquiring.ts';
import { runGuarded } from './guarded-child.ts';
import { LeaseWatch } from './lease-watch.ts';
import { claimNamed, notThere, typingOf } from './named.ts';
import { runProgram } from './run-program.ts';
import { ttlOption } from './ttl-option.ts';
import { agentPorts, changedBy, submit } from './speak.ts';
import { quietly, takePart, type Passing } from './taking-part.ts';

export interface RunInput extends Acting, LeaseInput {
  readonly command: readonly string[];
  readonly scope: readonly string[];
  /** False with `--no-kill-on-loss`. */
  readonly killOnLoss: boolean;
}

/**
 * A `flock(1)` for agents: takes the locks, runs a command under them, renews them meanwhile, and gives them back on
 * every way out. Where coordination is disabled, or all that is named is free, it just runs the command.
 */
export async function run(call: Call, input: RunInput): Promise<Outcome> {
  const interrupt = firstSignal(call.ports);
  try {
    return answered(call, input, await runCoordinated(call, input, interrupt));
  } catch (error) {
    if (!isDisabled(error)) throw error;
    return answered(call, input, await runFreely(call, input, interrupt));
  } finally {
    interrupt.off();
  }
}

/** People have read what the command itself said; programs get an envelope all the same. */
function answered(call: Call, { command }: RunInput, outcome: Outcome): Outcome {
  if (!call.json || outcome.kind !== 'ended') return outcome;
  const { exitCode } = outcome;
  const revision = call.heardRevision;
  if (exitCode === exitCodes.done) return done(revision, { exitCode }, () => '');
  const message = `${basename(command[0] ?? '')} ended with the exit code ${exitCode}`;
  return { kind: 'refused', exitCode, revision, code: 'COMMAND_FAILED', message, details: { exitCode } };
}

/** Under no lock. */
function runFreely(call: Call, { command }: RunInput, interrupt: FirstSignal): Promise<Outcome> {
  return interrupt.leaveTo(() => runGuarded(call, { command, env: {}, watch: null }));
}

async function runCoordinated(call: Call, input: RunInput, interrupt: FirstSignal): Promise<Outcome> {
  const wish = await wishOf(call, input);
  await noteFilesToBe(call, wish);
  if (namesOf(wish).length === 0) return runFreely(call, input, interrupt);
  const part = await takePart(call, input, running);
  if (part.kind === 'refused') return part.outcome;
  const holding: Holding = { locks: [], wasLost: false };
  let outcome: Outcome;
  try {
    outcome = await runUnderLocks(call, input, { ...part, wish, interrupt, holding });
  } finally {
    if (part.joined) await leaveAgain(call, part.session, holding);
  }
  // However well the command ended: it worked without its lock.
  return holding.wasLost && outcome.kind === 'ended' ? endedUncovered(call, holding) : outcome;
}

/** People were told when it was lost. */
function endedUncovered(call: Call, { locks }: Holding): Outcome {
  if (!call.json) return ended(exitCodes.failure);
  const scopes = locks.map(nameOf);
  return {
    kind: 'refused',
    exitCode: exitCodes.failure,
    revision: call.heardRevision,
    code: 'LOCK_LOST',
    message: `${locks.map((lock) => shownTarget(targetOf(lock))).join(', ')} was lost before the command ended: what it wrote from then on was not covered`,
    details: { scopes },
  };
}

async function wishOf(call: Call, input: RunInput): Promise<AcquireWish> {
  return {
    ...(await claimNamed(call, input.scope)).wish,
    ttlMs: input.ttl === undefined ? null : await ttlOption(call, input.ttl),
    wait: await waitWish(input.wait, 'the command comes after --'),
    reason: input.reason ?? null,
  };
}

/** A scope that is misspelt has the form of a file that is to be made, and is locked as one. */
async function noteFilesToBe(call: Call, { files = [] }: Wish): Promise<void> {
  for (const file of await notThere(call, files))
    call.note(line`rhema: ${file} is no scope: it is locked as a file that is not there yet`);
}

/**
 * What the locks are for, unless the caller says: the command. What the agent holds already, and goes on holding after the
 * command, is for what it was taken for.
 */
function purposeFor(
  command: readonly string[],
  { agent, epoch }: AgentSession,
  under: Before,
): string | null {
  const isHeld = under.locks.some(
    (lock) => lock.agent === agent && lock.epoch === epoch && under.names.includes(nameOf(lock)),
  );
  return isHeld ? null : purposeOf(command);
}

/** What was held by anybody before, and what is asked for. */
interface Before {
  readonly locks: readonly LockView[];
  readonly names: readonly string[];
}

/** The name of the program alone: arguments may hold secrets, and the log is read by all and kept for long. */
function purposeOf([file = '']: readonly string[]): string {
  return basename(file).slice(0, purposeLengthMax);
}

/** In characters: enough to recognise a program. */
const purposeLengthMax = 60;

interface Undertaking {
  readonly session: AgentSession;
  readonly joined: boolean;
  readonly wish: AcquireWish;
  readonly interrupt: FirstSignal;
  readonly holding: Holding;
}

/** What is to be given back in the end, and whether some of it was lost before, which has been said then. */
interface Holding {
  locks: readonly Grant[];
  wasLost: boolean;
}

async function runUnderLocks(call: Call, input: RunInput, under: Undertaking): Promise<Outcome> {
  const { session, joined, wish, interrupt, holding } = under;
  const before = await (await call.coordinator()).query({ kind: 'status', at: null });
  const purpose = purposeFor(input.command, session, { locks: before.locks, names: namesOf(wish) });
  const acquired = await acquire(call, session, { ...wish, reason: wish.reason ?? purpose });
  if (acquired.kind !== 'granted')
    return notGranted(call, session, wish, acquired, { asking: askingText(input) });
  const { locks } = acquired;
  const { sessionTtlMs, lockTtlMs } = before.settings;
  const { killOnLoss } = input;
  const guard = { session, locks, sessionTtlMs, lockTtlMs: wish.ttlMs ?? lockTtlMs, killOnLoss };
  const watch = new LeaseWatch(call, guard);
  try {
    await watch.start();
    if (watch.wasLost) return watch.notBegun;
    const signal = interrupt.signal();
    if (signal !== null) return ended(exitCodeAfter(signal));
    const env = await childEnvironment(call, session, watch.locks);
    return await interrupt.leaveTo(() => runGuarded(call, { command: input.command, env, watch }));
  } finally {
    watch.stop();
    // What the agent held before, for an enclosing `rhema run` perhaps, is not ours to give back.
    holding.locks = locks.filter((lock) => !before.locks.some((held) => isSameLock(held, lock)));
    holding.wasLost = watch.wasLost;
    // Whoever joined for this command leaves next, which releases as well.
    if (!joined) await quietly(call, 'releasing', () => giveBack(call, session, holding));
  }
}

/** The agent may be one that only this command has joined: nothing else can be advised to it. */
const askingText =
  (input: RunInput): AskingLine =>
  (names, isWaiting, typing) => {
    const named = input.agent === undefined ? [] : ['--agent', input.agent];
    const wanted = names.flatMap((name) => ['--scope', name]);
    const lease = [...leaseWords(input, isWaiting), ...(input.killOnLoss ? [] : ['--no-kill-on-loss'])];
    return typing.rhema('run', ...wanted, ...named, ...lease, '--', '...');
  };

async function giveBack(call: Call, session: AgentSession, holding: Holding): Promise<void> {
  const changed = await changedBy(call, session, wishOfNames(holding.locks));
  const { speaker } = await agentPorts(call);
  await tellLoss(call, await releaseGrants(speaker, session, holding.locks, changed), holding);
}

/** A loss that nobody heard of while the command ran: what it wrote from then on was not covered. */
async function tellLoss(call: Call, targets: readonly Target[], holding: Holding): Promise<void> {
  const [first, ...more] = targets.map(shownTarget);
  if (first === undefined || holding.wasLost) return;
  holding.wasLost = true;
  const { rhema, name } = await typingOf(call);
  const lost = [first, ...more].join(', ');
  call.note(line`rhema: ${lost} was lost before the command ended: see ${rhema('why', name(first))}`);
}

const isSameLock = (one: LockView, other: Grant): boolean =>
  targetOf(one) === targetOf(other) && one.token === other.token;

/** What the command finds in its environment. `RHEMA_SCOPES` has one path a line: a path may contain spaces. */
async function childEnvironment(
  call: Call,
  session: AgentSession,
  locks: readonly Grant[],
): Promise<Record<string, string>> {
  const outer = call.ports.env[markVariable] ?? '';
  const [first] = locks;
  if (first === undefined) throw new Error('a grant names at least one lock');
  return {
    RHEMA_AGENT: session.agent,
    RHEMA_EPOCH: String(session.epoch),
    RHEMA_TOKEN: String(Math.max(...locks.map((lock) => lock.token))),
    RHEMA_SCOPE: nameOf(first),
    RHEMA_SCOPES: locks.map(nameOf).join('\n'),
    ...(await slotsIn(locks)),
    RHEMA_DEADLINE: new Date(Math.min(...locks.map((lock) => lock.deadlineMs))).toISOString(),
    // What is started within several runs belongs to each of them.
    [markVariable]: `${outer}${call.world.newRequestId()};`,
  };
}

/** Of a resource which slot: `RHEMA_SLOT_DEPLOY=1` for `@deploy`. */
async function slotsIn(locks: readonly Grant[]): Promise<Record<string, string>> {
  const slots = locks.filter(({ resource }) => resource !== undefined);
  if (slots.length === 0) return {};
  const { slotVariable } = await import('../../config/index.ts');
  return Object.fromEntries(
    slots.flatMap(({ resource, slot }) =>
      resource === undefined ? [] : [[slotVariable(resource), String(slot)]],
    ),
  );
}

/** In which a command whose `run` was killed has ended for certain, in milliseconds: its tether gives it five seconds. */
const orphansMaxMs = 8_000;

const running: Passing = { program: runProgram, name: 'run', lingersMs: orphansMaxMs };

async function leaveAgain(call: Call, session: AgentSession, holding: Holding): Promise<void> {
  await quietly(call, 'leaving', async () => {
    const changed = await changedBy(call, session, null);
    const reply = await submit(call, { kind: 'AgentLeave', ...proofOf(session), ...changed });
    // Where it is not known any more, nor are its locks: they were lost with the session, or with the log.
    const released = reply.ok ? resultOf(reply.result, 'left').released : [];
    const held = holding.locks.map(targetOf);
    await tellLoss(
      call,
      held.filter((target) => !released.includes(target)),
      holding,
    );
    await call.world.sessions.remove(await call.repository(), session.agent);
  });
}
