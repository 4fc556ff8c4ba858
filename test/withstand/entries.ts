/**
 * Changes of entries of one context file, by many writers at once, through every way there is: a program's participants, `rhema mcp`,
 * and the command line, which also writes the file as a whole from what it was a while ago, so that both have to be merged. A witness
 * that takes no part reads the file after each, and knows what each writer was told.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { connect, newRequestId, newSecret, sessionKeeping } from '../../src/client/index.ts';
import { addEntry, removeEntry, setFields, type Changed } from '../../src/context/change.ts';
import type { AgentId, FilePath, ScopePath } from '../../src/core/index.ts';
import { Participant } from '../../src/participant/index.ts';
import { workingFiles } from '../../src/repository/git/index.ts';
import { systemTime } from '../../src/time/index.ts';
import { McpClient } from '../mcp/support/mcp-process.ts';
import { rhemaJson } from './support/cli.ts';
import { version } from './support/paths.ts';
import { Random } from './support/random.ts';
import { Sandbox } from './support/sandbox.ts';

export interface EntryReport {
  readonly seed: number;
  /** Operations that took effect, by the way that they went. */
  readonly done: Readonly<Record<Way, number>>;
  /** Of the changes of what everybody changes, how many were refused since both sides had changed it. */
  readonly refused: number;
  readonly elapsedMs: number;
  /** What was lost, came back, or was told wrong; empty when all is well. */
  readonly faults: readonly string[];
}

type Way = 'program' | 'mcp' | 'cli' | 'merge';

/** What becomes of an entry; a title of null: it is taken out. */
interface Operation {
  readonly id: string;
  readonly title: string | null;
  readonly isNew: boolean;
}

/** Says whether it took effect; `false`: it was refused, for the reason that both sides had changed the same. */
type Write = (operation: Operation) => Promise<boolean>;

interface Writer {
  readonly way: Way;
  /** Which part of the operations it carries out at most: one that starts a process for each holds up all others. */
  readonly share: number;
  readonly name: string;
  readonly write: Write;
  readonly close: () => Promise<void>;
}

const todos = 'api/.rhema/todos.yaml' as ScopePath;
const claim = { scopes: [], files: [todos as string as FilePath], ttlMs: null } as const;
/** What every writer changes. */
const shared = 'shared';
/** More entries of its own a writer does not have. */
const entriesMax = 8;
const slowShare = 1 / 40;
const faultsMax = 20;
/** A writer waits for its turn no longer than this. */
const waitSeconds = 50;

/** Carries out that many operations, in a repository of its own. What each is comes from the seed. */
export async function entryCampaign(operations: number, seed: number): Promise<EntryReport> {
  const block = { dead_grace: '1s', sync_settings: { conflict_resolution: 'merge', auto_sync: false } };
  const sandbox = new Sandbox({ api: [] }, block);
  const startedMs = performance.now();
  try {
    const writers = await writersIn(sandbox);
    const campaign = new Campaign(sandbox, operations, seed);
    await campaign.begin(writers);
    await Promise.all(writers.map((writer, index) => campaign.play(writer, new Random(seed * 100 + index))));
    await Promise.all(writers.map(({ close }) => close()));
    return { ...campaign.end(), elapsedMs: performance.now() - startedMs };
  } finally {
    await sandbox.clear();
  }
}

class Campaign {
  readonly #sandbox: Sandbox;
  readonly #seed: number;
  readonly #done: Record<Way, number> = { program: 0, mcp: 0, cli: 0, merge: 0 };
  readonly #faults: string[] = [];
  /** What each entry is by the answers; of one that is being changed, also what it may be. */
  readonly #told = new Map<string, string>();
  readonly #underWay = new Map<string, Operation>();
  /** Every title of what all change that may be there. */
  readonly #shared = new Set<string>();
  readonly #operations: number;
  #left: number;
  #refused = 0;

  constructor(sandbox: Sandbox, operations: number, seed: number) {
    this.#sandbox = sandbox;
    this.#operations = operations;
    this.#left = operations;
    this.#seed = seed;
  }

  async begin([first]: readonly Writer[]): Promise<void> {
    this.#shared.add('begin');
    await first?.write({ id: shared, title: 'begin', isNew: true });
  }

  async play(writer: Writer, random: Random): Promise<void> {
    const mine: string[] = [];
    const max = Math.ceil(this.#operations * writer.share);
    for (let number = 0; number < max && this.#left > 0 && this.#faults.length < faultsMax; number += 1) {
      this.#left -= 1;
      await this.#carryOut(writer, nextOf(writer, { mine, random, number }));
      this.#look(`after ${writer.name} ${number}`);
    }
  }

  async #carryOut({ way, name, write }: Writer, operation: Operation): Promise<void> {
    const { id, title } = operation;
    if (id === shared && title !== null) this.#shared.add(title);
    else this.#underWay.set(id, operation);
    try {
      const tookEffect = await write(operation);
      if (tookEffect) this.#done[way] += 1;
      else this.#refuse(name, operation);
      if (tookEffect && id !== shared) this.#tell(id, title);
    } catch (error) {
      this.#fault(`${name}: ${id} to ${String(title)}: ${error instanceof Error ? error.message : 'failed'}`);
    } finally {
      this.#underWay.delete(id);
    }
  }

  #refuse(name: string, { id, title }: Operation): void {
    this.#refused += 1;
    if (id === shared) this.#shared.delete(title ?? '');
    else this.#fault(`${name} was refused a change of ${id}, which nobody else changes`);
  }

  #tell(id: string, title: string | null): void {
    if (title === null) this.#told.delete(id);
    else this.#told.set(id, title);
  }

  /** The file as anybody sees it at this moment has what was told, and what is under way or not yet. */
  #look(when: string): void {
    const found = titlesIn(join(this.#sandbox.worktree, todos));
    const common = found.get(shared);
    if (common === undefined || !this.#shared.has(common))
      this.#fault(`${when}: ${shared} is ${String(common)}`);
    found.delete(shared);
    for (const id of new Set([...found.keys(), ...this.#told.keys()])) {
      const [now, told, next] = [found.get(id), this.#told.get(id), this.#underWay.get(id)];
      const mayBe = next !== undefined && (next.title ?? undefined) === now;
      if (now !== told && !mayBe)
        this.#fault(`${when}: ${id} is ${String(now)}, and was told to be ${String(told)}`);
    }
  }

  #fault(text: string): void {
    this.#faults.push(text);
  }

  end(): Omit<EntryReport, 'elapsedMs'> {
    this.#look('in the end');
    return { seed: this.#seed, done: this.#done, refused: this.#refused, faults: this.#faults };
  }
}

interface Turn {
  /** The entries that the writer has, which this keeps up with. */
  readonly mine: string[];
  readonly random: Random;
  readonly number: number;
}

function nextOf({ name }: Writer, { mine, random, number }: Turn): Operation {
  const title = `${name} ${number}`;
  if (random.below(8) === 0) return { id: shared, title, isNew: false };
  if (mine.length === 0 || (mine.length < entriesMax && random.below(3) === 0)) {
    const id = `${name}-${number}`;
    mine.push(id);
    return { id, title, isNew: true };
  }
  const at = random.below(mine.length);
  const id = mine[at] ?? '';
  if (random.below(4) > 0) return { id, title, isNew: false };
  mine.splice(at, 1);
  return { id, title: null, isNew: false };
}

function titlesIn(file: string): Map<string, string> {
  if (!existsSync(file)) return new Map();
  const read = parse(readFileSync(file, 'utf8')) as {
    readonly todos: readonly { readonly id: string; readonly title: string }[];
  };
  return new Map(read.todos.map(({ id, title }) => [id, title]));
}

/** What a todo must have besides. */
const sound = { status: 'pending', priority: 'low', created_at: '2026-01-01T00:00:00Z' };

function changed(text: string | null, { id, title, isNew }: Operation): string {
  const file = { path: todos, kind: 'todos', text } as const;
  const change = (): Changed => {
    if (title === null) return removeEntry(file, id);
    if (isNew) return addEntry(file, { id, fields: { title, ...sound }, collection: null });
    return setFields(file, { id, set: { title }, unset: [] });
  };
  const after = change();
  if (after.kind !== 'changed') throw new Error(JSON.stringify(after));
  return after.text;
}

async function writersIn(sandbox: Sandbox): Promise<readonly Writer[]> {
  const programs = await Promise.all(['p1', 'p2', 'p3'].map((name) => program(sandbox, name)));
  const servers = await Promise.all(['m1', 'm2'].map((name) => server(sandbox, name)));
  return [...programs, ...servers, commandLine(sandbox, 'c1'), merging(sandbox, 'w1')];
}

/** A process of its own to the coordinator: with a connection and files of its own. */
async function program(sandbox: Sandbox, name: string): Promise<Writer> {
  const { commonDir, ownerCommand, worktree } = sandbox;
  const coordinator = await connect({ commonDir, version, startOwner: ownerCommand });
  const ports = {
    coordinator,
    sessions: sessionKeeping(commonDir, systemTime, coordinator),
    files: workingFiles({ worktree, gitDir: commonDir, commonDir }),
    time: systemTime,
    newRequestId,
    newSecret,
  };
  const agent = name as AgentId;
  const took = await Participant.takePart(ports, { agent, metadata: {}, from: name, keepsLeft: false });
  if (took.kind !== 'joined') throw new Error(took.kind);
  const one = took.participant;
  const write: Write = async (operation) => {
    const wish = { ...claim, wait: { kind: 'queue', forMs: null }, reason: null } as const;
    const acquired = await one.acquire(wish, { signal: new AbortController().signal });
    if (acquired.kind !== 'granted') throw new Error(acquired.kind);
    const { kind } = await acquired.lock.write(todos, (before) => changed(before, operation));
    const unreleased = await acquired.lock.release();
    if (kind !== 'written' || unreleased.length > 0) throw new Error(`${kind}, ${unreleased.length} kept`);
    return true;
  };
  const close = async (): Promise<void> => {
    await one.leave();
    await coordinator.close();
  };
  return { way: 'program', share: 1, name, write, close };
}

async function server(sandbox: Sandbox, name: string): Promise<Writer> {
  const client = await McpClient.start(sandbox);
  await client.join(name);
  const say = async (tool: string, words: object): Promise<void> => {
    const { isError, text } = await client.call(tool, { agent: name, ...words });
    if (isError) throw new Error(`${tool}: ${text}`);
  };
  const write: Write = async ({ id, title }) => {
    await say('lock_acquire', { scopes: [todos], wait_seconds: waitSeconds });
    await say('context_record', {
      path: todos,
      ...(title === null ? { remove: id } : { entry: { id, title } }),
    });
    await say('lock_release', {});
    return true;
  };
  return { way: 'mcp', share: 1, name, write, close: () => client.close() };
}

function commandLine(sandbox: Sandbox, name: string): Writer {
  const write: Write = ({ id, title, isNew }) => {
    const words = title === null ? [todos, id] : [todos, ...(isNew ? [`id=${id}`] : [id]), `title=${title}`];
    return said(sandbox, title === null ? 'remove' : isNew ? 'add' : 'set', ...words);
  };
  return { way: 'cli', share: slowShare, name, write, close: async () => undefined };
}

/** Writes the file as a whole, as it was when this was begun, with one entry otherwise. */
function merging(sandbox: Sandbox, name: string): Writer {
  const write: Write = (operation) => {
    const base = readFileSync(join(sandbox.worktree, todos), 'utf8');
    const mine = sandbox.write('mine.yaml', changed(base, operation));
    const digest = createHash('sha256').update(base).digest('hex');
    return said(sandbox, 'write', todos, '--from', mine, '--base', digest);
  };
  return { way: 'merge', share: slowShare, name, write, close: async () => undefined };
}

/** Of `rhema context`: false where both sides had changed the same. */
async function said(sandbox: Sandbox, ...words: readonly string[]): Promise<boolean> {
  const { envelope } = await rhemaJson(sandbox, 'context', ...words, '--wait', `${waitSeconds}s`);
  if (envelope.code === 'CONTEXT_CONFLICT') return false;
  if (!envelope.ok) throw new Error(`${words[0]}: ${envelope.code ?? ''} ${envelope.message ?? ''}`);
  return true;
}
