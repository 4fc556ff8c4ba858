/** The hook of a client, from what it has sent to what it is answered. */
import { inTime } from '../../participant/index.ts';
import { canaryReason, dialects, isCanary, passes, payloadBytesMax, readCall } from '../../hooks/index.ts';
import type { Dialect, HookAnswer, HookCall, HookEvent, Printed } from '../../hooks/index.ts';
import { Call, type GlobalOptions } from '../call.ts';
import type { ProcessPorts } from '../process/ports.ts';
import { isDisabled } from '../answer/output.ts';
import { line } from '../format/text.ts';
import { answerHook } from './answer-hook.ts';
import type { HookWork } from './hook-work.ts';
import { programWords } from './program-words.ts';
import { wakeEvent, type HookWords } from './quick-hook.ts';
import { wake } from './wake.ts';
import { workAt, worksFor } from './works.ts';

/** Far below what any client waits: they let a tool run whose hook takes too long. */
const hookDeadlineMs = 8_000;
/** A server that cannot be reached is told of as long as there is time for it, with the cause. */
const reachPatienceMs = 3_000;

export interface HookOptions extends GlobalOptions {
  readonly deadlineMs?: number;
}

/** Answers what a client has sent. Never throws: a client takes a hook that breaks down for one that has nothing to say. */
export async function serveHook(
  ports: ProcessPorts,
  words: HookWords,
  payload: string | null,
  options: HookOptions = {},
): Promise<Printed> {
  if (words.event === wakeEvent) return serveWake(ports, words, payload, options);
  const dialect = dialects[words.client];
  const read =
    payload === null
      ? ({
          kind: 'unreadable',
          problem: `what the client sent is longer than ${payloadBytesMax} bytes`,
          before: null,
          name: words.event ?? '',
        } as const)
      : readCall(dialect, payload, words.event);
  if (read.kind === 'other') return dialect.print(passes, 'alive', '');
  if (read.kind === 'unreadable') {
    const event = read.before ?? 'beforeTool';
    const text = line`rhema: ${read.problem}, so nobody can tell whether this may be done. If it comes again, see: rhema doctor`;
    return dialect.print(
      event === 'beforeTool' ? { kind: 'refuse', reason: text } : shownOnly(text),
      event,
      read.name === '' ? nameFor(dialect, event) : read.name,
    );
  }
  const answer = await answerTo(
    callOf(ports, options, read.call),
    words,
    read.call,
    options.deadlineMs ?? hookDeadlineMs,
  );
  return dialect.print(answer, read.call.event, read.name);
}

/** Where it is not said, as the client calls what it must be. */
const nameFor = ({ events }: Dialect, event: HookEvent): string =>
  Object.keys(events).find((name) => events[name] === event) ?? '';

const shownOnly = (text: string): HookAnswer => ({ kind: 'pass', told: null, shown: text });

/** The folder of the agent alone decides which repository is meant, and not what Git has told whoever started the client. */
function callOf(ports: ProcessPorts, options: GlobalOptions, { folder }: HookCall): Call {
  const env = { ...ports.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_COMMON_DIR: undefined };
  const own: GlobalOptions = {
    reachPatienceMs,
    ...options,
    quiet: true,
    // Looked for where it is told alone.
    get program() {
      return programWords(ports.env);
    },
  };
  return new Call({ ...ports, env }, own, folder ?? ports.cwd);
}

async function answerTo(
  call: Call,
  words: HookWords,
  asked: HookCall,
  deadlineMs: number,
): Promise<HookAnswer> {
  const { clock } = call.ports;
  let longerMs = 0;
  const done = answerIn(call, words, asked, (byMs) => (longerMs += byMs)).catch(asError);
  const soon = await inTime(clock, deadlineMs, done);
  const came =
    soon ?? (longerMs > 0 ? await inTime(clock, longerMs, done) : null) ?? (await lateIn(call, deadlineMs));
  const answer = came instanceof Error ? await unguarded(call, asked.event, came) : came;
  await inTime(call.ports.clock, closingMs, call.close());
  return answer;
}

/** Where it is a server that says nothing, it is named: it may be out of reach, and no failure of its own. */
async function lateIn(call: Call, ms: number): Promise<Error> {
  const repository = await inTime(call.ports.clock, closingMs, call.repository());
  const asked = repository?.server === undefined ? '' : ` of ${repository.server}`;
  return new Error(`no answer${asked} within ${ms / 1_000} s`);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The answer is there: an owner that does not hang up is not waited for. */
const closingMs = 200;

async function answerIn(
  call: Call,
  { client }: HookWords,
  asked: HookCall,
  mayTakeLonger: HookWork['mayTakeLonger'],
): Promise<HookAnswer> {
  const works = await worksFor(call, client, asked, mayTakeLonger);
  try {
    const answers: HookAnswer[] = [];
    for (const work of works.all) {
      const answer = isCanary(asked) ? await tried(work) : await answerOnce(work);
      if (answer.kind !== 'pass') return answer;
      answers.push(answer);
    }
    const [first = passes] = answers;
    return first;
  } finally {
    await works.close();
  }
}

async function answerOnce(work: HookWork): Promise<HookAnswer> {
  const { memory, asked } = work;
  const { toolUse, event } = asked;
  const before = toolUse === null ? null : memory.answerTo(toolUse, event);
  if (before !== null) return before as HookAnswer;
  const answer = await answerHook(work);
  if (toolUse !== null && answer.kind === 'refuse') memory.keepAnswer(toolUse, event, answer);
  return answer;
}

/** Whoever tries the hook is refused if the coordinator, too, can be asked; nothing is locked for it. */
async function tried({ call, asked }: HookWork): Promise<HookAnswer> {
  await (await call.coordinator()).query({ kind: 'health' });
  return { kind: 'refuse', reason: canaryReason(asked) };
}

/** Waits, as long as it takes, until the agent's turn comes for what it was refused: then it is woken. It never complains. */
async function serveWake(
  ports: ProcessPorts,
  words: HookWords,
  payload: string | null,
  options: GlobalOptions,
): Promise<Printed> {
  const read = readCall(dialects[words.client], payload ?? '', 'Stop');
  // Other clients read the files of Claude Code, and would wait for this where they are stopped.
  if (read.kind !== 'call' || (ports.env['CLAUDECODE'] ?? '') === '') return silent;
  const call = callOf(ports, options, read.call);
  const end = new AbortController();
  const off = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) =>
    ports.signals.on(name, () => end.abort()),
  );
  try {
    const work = await workAt(call, words.client, read.call);
    const text = work === null ? null : await wake(work, end.signal);
    return text === null ? silent : { stdout: '', stderr: `${text}\n`, exitCode: 2 };
  } catch {
    return silent;
  } finally {
    for (const stop of off) stop();
    await inTime(ports.clock, closingMs, call.close());
  }
}

const silent: Printed = { stdout: '', stderr: '', exitCode: 0 };

/** What becomes of an act that could not be judged: with `strict_mode` it is not done, else it is, and that is said. */
async function unguarded(call: Call, event: HookEvent, error: Error): Promise<HookAnswer> {
  if (isDisabled(error)) return passes;
  const [problem = ''] = error.message.split('\n');
  if (event !== 'beforeTool') return shownOnly(line`rhema: ${problem}`);
  const remedy = 'see: rhema doctor';
  return (await isStrict(call))
    ? {
        kind: 'refuse',
        reason: line`rhema: not done, since strict_mode is on and the coordination cannot be had: ${problem}; ${remedy}`,
      }
    : shownOnly(line`rhema: NOT GUARDED, others may be at work on this: ${problem}; ${remedy}`);
}

/** The files are read, which takes no coordinator. */
const strictMs = 2_000;

async function isStrict(call: Call): Promise<boolean> {
  const scan = call.repository().then((repository) => call.world.inspection.scan(repository));
  return (await inTime(call.ports.clock, strictMs, scan))?.sync.strict ?? false;
}
