import { parse as parseToml, stringify as toToml } from 'smol-toml';
import { insertFirst, isTable, readJson, remove } from '../../hooks/install/index.ts';
import type { Read, Table } from '../../hooks/install/index.ts';
import { serverName } from './client-config-clients.ts';
import type { Client } from './client-config-clients.ts';

/** What a client is told of one server. */
export type ServerEntry = Readonly<Record<string, unknown>>;

/** What adding the server to a client's project file comes to. */
export type Edit =
  | { readonly kind: 'added'; readonly text: string }
  /** It starts this server already, and as it would be started now. */
  | { readonly kind: 'unchanged' }
  /** It starts it in another way, which somebody may have chosen. */
  | { readonly kind: 'different' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The whole project file of a client that has none yet. */
export function newFile({ table, format }: Client, entry: ServerEntry): string {
  const content = { [table]: { [serverName]: entry } };
  return format === 'toml' ? toToml(content) : `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Adds the server to the text of a client's project file; null: there is none. All that is there stays as it is,
 * comments and layout included.
 */
export function withServer(client: Client, text: string | null, entry: ServerEntry): Edit {
  if (text === null || text.trim() === '') return { kind: 'added', text: newFile(client, entry) };
  const read = readAs(client, text);
  if (!read.ok) return { kind: 'unreadable', problem: read.problem };
  const problem = shapeProblem(read.value, client.table);
  if (problem !== null) return { kind: 'unreadable', problem };
  const found = serverIn(read.value, client.table);
  if (found !== undefined) return { kind: startsAlike(found, entry) ? 'unchanged' : 'different' };
  const edited = client.format === 'toml' ? appendToml(client, text, entry) : insertJson(client, text, entry);
  return isReadable(client, edited)
    ? { kind: 'added', text: edited }
    : { kind: 'unreadable', problem: `its ${client.table} are written in a way that cannot be added to` };
}

/** Whether the text of a client's project file has an entry of this server, whatever it says. */
export function hasServer(client: Client, text: string): boolean {
  const read = readAs(client, text);
  return read.ok && serverIn(read.value, client.table) !== undefined;
}

/** The text without it, whatever it says. Null: nothing else is in it. Undefined: it cannot be taken out for certain. */
export function withoutServer(client: Client, text: string): string | null | undefined {
  const read = readAs(client, text);
  if (text.trim() === '') return text;
  if (!read.ok) return undefined;
  if (serverIn(read.value, client.table) === undefined) return text;
  const wanted = contentWithout(read.value as Table, client.table);
  if (Object.keys(wanted).length === 0 && !/^\s*#|\/[/*]/m.test(text)) return null;
  const edited = client.format === 'toml' ? cutToml(client, text) : cutJson(client, text);
  const after = readAs(client, edited);
  return after.ok && JSON.stringify(after.value) === JSON.stringify(wanted) ? edited : undefined;
}

const readAs = ({ format }: Client, text: string): Read =>
  format === 'toml' ? readToml(text) : readJson(text);

/** A table in which nothing else stood was made for it. */
function contentWithout(content: Table, table: string): Table {
  const { [table]: servers, ...rest } = content;
  const { [serverName]: _ours, ...others } = servers as Table;
  return Object.keys(others).length === 0 ? rest : { ...content, [table]: others };
}

function cutJson({ table }: Client, text: string): string {
  const edited = remove(text, [table, serverName]);
  const read = readJson(edited);
  const servers = read.ok && isTable(read.value) ? read.value[table] : undefined;
  return isTable(servers) && Object.keys(servers).length === 0 ? remove(edited, [table]) : edited;
}

/** From its heading to the next one that is no part of it. */
function cutToml({ table }: Client, text: string): string {
  const isOurs = (heading: string): boolean => new RegExp(`^\\[${table}\\.${serverName}[.\\]]`).test(heading);
  let cuts = false;
  const lines = text.split(/(?<=\n)/).filter((one) => {
    if (/^\s*\[/.test(one)) cuts = isOurs(one.trim());
    return !cuts;
  });
  return lines.join('');
}

function readToml(text: string): Read {
  try {
    return { ok: true, value: parseToml(text) };
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ok: false, problem: first };
  }
}

/** What stands in the file's place of keys and values, if anything does; null: nothing. */
function shapeProblem(content: unknown, table: string): string | null {
  if (!isTable(content)) return 'it holds no keys and values';
  const servers = content[table];
  if (servers === undefined) return null;
  if (!isTable(servers)) return `its ${table} hold no servers by name`;
  const server = servers[serverName];
  return server === undefined || isTable(server) ? null : `its ${table}.${serverName} is no server`;
}

function serverIn(content: unknown, table: string): Table | undefined {
  const servers = isTable(content) ? content[table] : undefined;
  const server = isTable(servers) ? servers[serverName] : undefined;
  return isTable(server) ? server : undefined;
}

/** Time limits, environment and the like are the reader's own business. */
function startsAlike({ command, args }: Table, entry: ServerEntry): boolean {
  return JSON.stringify([command, args]) === JSON.stringify([entry['command'], entry['args']]);
}

function insertJson({ table }: Client, text: string, entry: ServerEntry): string {
  const read = readJson(text);
  const isThere = read.ok && isTable(read.value) && read.value[table] !== undefined;
  return isThere
    ? insertFirst(text, [table], serverName, entry)
    : insertFirst(text, [], table, { [serverName]: entry });
}

/** A table may stand anywhere, so it stands at the end. */
function appendToml(client: Client, text: string, entry: ServerEntry): string {
  return `${text.trimEnd()}\n\n${newFile(client, entry)}`;
}

function isReadable(client: Client, text: string): boolean {
  const read = readAs(client, text);
  return read.ok && serverIn(read.value, client.table) !== undefined;
}
