/** Puts the hooks of a client into the text of its file, finds them there, and takes them out. */
import { isDeepStrictEqual } from 'node:util';
import { entryFor, eventLabel, hooksOf, ownHandler } from './clients.ts';
import type { HandlerKind, HookEvent, JsonHookClient, OwnHandler } from './clients.ts';
import { insertFirst, isTable, readJson, remove, type Table } from './json-text.ts';

/** Which of the events of a client are asked about in its file, and how. */
export interface HooksFound {
  /** Their entries are as they are written, but for how the program is started. */
  readonly installed: readonly string[];
  /** They have an entry of ours that says something else. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  /** The command lines of ours, each once. */
  readonly commands: readonly string[];
  /** Those that ask by a tool of `rhema mcp`, in place of a command. */
  readonly byTool: readonly string[];
  /** There is a handler of ours, at whatever event. */
  readonly isAny: boolean;
}

export type Look = ({ readonly ok: true } & HooksFound) | { readonly ok: false; readonly problem: string };

/** `text`: null where there is no such file. */
export function lookAt(client: JsonHookClient, text: string | null): Look {
  const read = readHooks(text);
  if (!read.ok) return read;
  const kinds = { installed: [] as string[], changed: [] as string[], missing: [] as string[] };
  for (const event of client.events) {
    const ours = entriesAt(read.hooks, event.name).filter((entry) => isOf(client, event, entry));
    const isInstalled = ours.some((entry) => isAsWritten(client, event, entry));
    kinds[ours.length === 0 ? 'missing' : isInstalled ? 'installed' : 'changed'].push(eventLabel(event));
  }
  const byTool = client.events.filter((event) =>
    entriesAt(read.hooks, event.name).some((entry) => isOf(client, event, entry) && isByTool(client, entry)),
  );
  const ours = Object.values(read.hooks).flatMap((list) =>
    Array.isArray(list) ? (list as readonly unknown[]).flatMap((entry) => ownIn(client, entry)) : [],
  );
  const commands = [...new Set(ours.flatMap((own) => (own.kind === 'command' ? [own.line] : [])))];
  return { ok: true, ...kinds, commands, byTool: byTool.map(eventLabel), isAny: ours.length > 0 };
}

/** The handler by which the server is asked at an event; null: there is none. */
export function toolHandlerAt(client: JsonHookClient, text: string, event: string): Table | null {
  const read = readHooks(text);
  const handlers = read.ok ? entriesAt(read.hooks, event).flatMap(listIn) : [];
  return handlers.filter(isTable).find((one) => ownHandler(client, one)?.kind === 'mcp') ?? null;
}

const isByTool = (client: JsonHookClient, entry: unknown): boolean =>
  ownIn(client, entry).some(({ kind }) => kind === 'mcp');

function isAsWritten(client: JsonHookClient, event: HookEvent, entry: unknown): boolean {
  const [own] = ownIn(client, entry);
  if (own === undefined) return false;
  const line = own.kind === 'command' ? own.line : '';
  return isDeepStrictEqual(entry, entryFor(client, event, line, own.kind));
}

/** Whether an entry of ours, changed or not, is the one that an event has. */
function isOf(client: JsonHookClient, event: HookEvent, entry: unknown): boolean {
  return ownIn(client, entry).some((own) => own.wakes === (event.wakes === true));
}

/** How a file has its client ask at the events where it could do either; null: at some so, at others so. */
export function kindIn({ toolEvents = [] }: JsonHookClient, { byTool }: HooksFound): HandlerKind | null {
  if (byTool.length === 0) return 'command';
  return byTool.length === toolEvents.length ? 'mcp' : null;
}

export type Edit =
  | { readonly kind: 'edited'; readonly text: string; readonly changed: readonly string[] }
  | { readonly kind: 'unchanged'; readonly changed: readonly string[] }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The whole file of a client that has none yet. */
export function newFile(client: JsonHookClient, command: string, kind: HandlerKind = 'command'): string {
  return `${JSON.stringify({ ...client.root, hooks: hooksOf(client, command, kind) }, null, 2)}\n`;
}

/** Adds what is missing. An entry of ours that somebody has changed stays, and is named in `changed`. */
export function withHooks(
  client: JsonHookClient,
  text: string | null,
  command: string,
  kind: HandlerKind = 'command',
): Edit {
  const look = lookAt(client, text);
  if (!look.ok) return { kind: 'unreadable', problem: look.problem };
  const { changed, missing } = look;
  if (missing.length === 0) return { kind: 'unchanged', changed };
  if (text === null || text.trim() === '')
    return { kind: 'edited', text: newFile(client, command, kind), changed };
  const added = client.events.filter((event) => missing.includes(eventLabel(event)));
  const edited = addedTo(client, text, added, { command, kind });
  const after = lookAt(client, edited);
  return after.ok && after.missing.length === 0
    ? { kind: 'edited', text: edited, changed }
    : { kind: 'unreadable', problem: 'its hooks are written in a way that cannot be added to' };
}

/** Each becomes the first at its place, so the last comes first. */
function addedTo(
  client: JsonHookClient,
  text: string,
  events: readonly HookEvent[],
  { command, kind }: { readonly command: string; readonly kind: HandlerKind },
): string {
  let edited = text;
  if (tableOf(text, 'hooks') === undefined)
    edited = insertFirst(edited, [], 'hooks', hooksOf(client, command, kind));
  else
    for (const event of [...events].reverse()) {
      const entry = entryFor(client, event, command, kind);
      edited = Array.isArray(tableOf(edited, 'hooks')?.[event.name])
        ? insertFirst(edited, ['hooks', event.name], null, entry)
        : insertFirst(edited, ['hooks'], event.name, [entry]);
    }
  for (const [key, value] of Object.entries(client.root).reverse())
    if (contentOf(edited)[key] === undefined) edited = insertFirst(edited, [], key, value);
  return edited;
}

export type Removal =
  /** `text` null: nothing but ours was in the file. */
  | { readonly kind: 'removed'; readonly text: string | null }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** What a file held before the hooks came, or a guess at it. */
export interface Before {
  /** Null: there was no such file. */
  readonly text: string | null;
  readonly isCertain: boolean;
}

/**
 * Takes out all entries of ours, changed or not. What `before` says is believed where putting the hooks into it gives this very
 * text, and else tells which empty lists were there, or that nothing was.
 */
export function withoutHooks(client: JsonHookClient, text: string, before: Before | null): Removal {
  const look = lookAt(client, text);
  if (!look.ok) return { kind: 'unreadable', problem: look.problem };
  if (!look.isAny) return { kind: 'none' };
  const [command = ''] = look.commands;
  const kind = kindIn(client, look) ?? 'command';
  if (before?.isCertain === true && isBefore(client, before.text, text, { command, kind }))
    return { kind: 'removed', text: before.text };
  if (text === newFile(client, command, kind)) return { kind: 'removed', text: null };
  const edited = takenOut(client, text, contentOf(before?.text ?? '{}'));
  const after = lookAt(client, edited);
  if (!after.ok || after.isAny)
    return {
      kind: 'unreadable',
      problem: 'its hooks are written in a way from which they cannot be taken out',
    };
  const isOver = before !== null && before.text === null && isBare(client, edited);
  return { kind: 'removed', text: isOver ? null : edited };
}

/** Whether there is nothing in a file but what every file of the client has. */
function isBare({ root }: JsonHookClient, text: string): boolean {
  return isDeepStrictEqual(contentOf(text), root) && !/\/[/*]/.test(text);
}

function isBefore(
  client: JsonHookClient,
  origin: string | null,
  text: string,
  { command, kind }: { readonly command: string; readonly kind: HandlerKind },
): boolean {
  const again = withHooks(client, origin, command, kind);
  return again.kind === 'edited' && again.text === text;
}

function takenOut(client: JsonHookClient, text: string, origin: Table): string {
  let edited = text;
  const before = isTable(origin['hooks']) ? origin['hooks'] : {};
  for (const name of Object.keys(tableOf(text, 'hooks') ?? {})) {
    const entries = entriesAt(tableOf(text, 'hooks') ?? {}, name);
    for (let index = entries.length - 1; index >= 0; index -= 1)
      edited = withoutEntry(client, edited, name, index, entries[index]);
    const isOver = entries.length > 0 && entriesAt(tableOf(edited, 'hooks') ?? {}, name).length === 0;
    if (isOver && before[name] === undefined) edited = remove(edited, ['hooks', name]);
  }
  const isEmpty = Object.keys(tableOf(edited, 'hooks') ?? {}).length === 0;
  return isEmpty && origin['hooks'] === undefined ? remove(edited, ['hooks']) : edited;
}

/** A handler that somebody has put beside ours stays. */
function withoutEntry(
  client: JsonHookClient,
  text: string,
  event: string,
  index: number,
  entry: unknown,
): string {
  if (ownIn(client, entry).length === 0) return text;
  const isOne = (handler: unknown): boolean => isTable(handler) && ownHandler(client, handler) !== null;
  const handlers = client.shape === 'flat' ? [entry] : listIn(entry);
  if (handlers.every(isOne)) return remove(text, ['hooks', event, index]);
  let edited = text;
  for (let at = handlers.length - 1; at >= 0; at -= 1)
    if (isOne(handlers[at])) edited = remove(edited, ['hooks', event, index, 'hooks', at]);
  return edited;
}

type HooksRead =
  | { readonly ok: true; readonly hooks: Table }
  | { readonly ok: false; readonly problem: string };

function readHooks(text: string | null): HooksRead {
  if (text === null || text.trim() === '') return { ok: true, hooks: {} };
  const read = readJson(text);
  if (!read.ok) return read;
  if (!isTable(read.value)) return { ok: false, problem: 'it holds no keys and values' };
  const { hooks = {} } = read.value;
  if (!isTable(hooks)) return { ok: false, problem: 'its hooks are no lists by event' };
  const odd = Object.entries(hooks).find(([, list]) => !Array.isArray(list));
  return odd === undefined || typeof odd[1] !== 'object'
    ? { ok: true, hooks }
    : { ok: false, problem: `its hooks.${odd[0]} is no list` };
}

function contentOf(text: string): Table {
  const read = readJson(text);
  return read.ok && isTable(read.value) ? read.value : {};
}

function tableOf(text: string, key: string): Table | undefined {
  const value = contentOf(text)[key];
  return isTable(value) ? value : undefined;
}

function entriesAt(hooks: Table, event: string): readonly unknown[] {
  const list = hooks[event];
  return Array.isArray(list) ? list : [];
}

function listIn(entry: unknown): readonly unknown[] {
  const list = isTable(entry) ? entry['hooks'] : undefined;
  return Array.isArray(list) ? list : [];
}

function ownIn(client: JsonHookClient, entry: unknown): OwnHandler[] {
  const handlers = client.shape === 'flat' ? [entry] : listIn(entry);
  return handlers
    .map((handler) => (isTable(handler) ? ownHandler(client, handler) : null))
    .filter((own) => own !== null);
}
