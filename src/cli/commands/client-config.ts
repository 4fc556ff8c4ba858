import { join } from 'node:path';
import { readRegularFile } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import { line, shellCommand } from '../format/text.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { clientNames, clients } from './client-config-clients.ts';
import type { Client, ClientName } from './client-config-clients.ts';
import { hasServer, newFile, withServer } from './client-config-edit.ts';
import type { ServerEntry } from './client-config-edit.ts';
import { chooseLaunch, programLocation, serverWords } from './client-config-launch.ts';
import type { Launch } from './client-config-launch.ts';
import { Draft, notWritten } from './hooks/draft.ts';
import { writeFiles } from './scope-plan.ts';

export interface ClientConfigInput {
  /** Which client is to be configured. */
  readonly clientConfig: string;
  /** Adds it to the client's file in the repository, instead of printing it. */
  readonly write?: boolean;
  /** Shows as a diff what would be added. */
  readonly dryRun?: boolean;
  /** Options with which the server is to be started. */
  readonly serverOptions?: readonly string[];
}

/**
 * Prints what a coding-agent client must be told to use `rhema mcp`: on standard output the very content of its project
 * file, on standard error where it belongs and what else works. Or adds it to that file.
 */
export async function clientConfig(call: Call, input: ClientConfigInput): Promise<Outcome> {
  const serverOptions = [...(input.serverOptions ?? []), ...serverWords(call)];
  const wish = { client: clientNamed(input.clientConfig), serverOptions };
  if (input.write === true && input.dryRun === true) throw usageError('--write or --dry-run, not both');
  if (input.write !== true && input.dryRun !== true) return printed(call, wish);
  return edited(call, wish, input.write === true);
}

interface Wish {
  readonly client: Client;
  readonly serverOptions: readonly string[];
}

function clientNamed(text: string): Client {
  const isKnown = (name: string): name is ClientName => clientNames.some((known) => known === name);
  if (isKnown(text)) return clients[text];
  throw invalidInput(`no client ${JSON.stringify(text)}: use one of ${clientNames.join(', ')}`);
}

async function printed(call: Call, { client, serverOptions }: Wish): Promise<Outcome> {
  // The configuration of a user is as good outside of any repository.
  const repository = await call.repository().catch(() => null);
  const launch = chooseLaunch(programLocation(call.ports.env, repository?.worktree ?? null));
  const content = newFile(client, serverEntry(client, launch, serverOptions));
  const advice = adviceFor(client, launch, serverOptions);
  for (const text of advice) call.note(text);
  return done(null, { client: client.name, file: client.file, content, advice }, () => content.trimEnd());
}

async function edited(call: Call, wish: Wish, write: boolean): Promise<Outcome> {
  const { worktree } = await call.repository();
  if (worktree === null) throw invalidInput('this repository has no working tree to write to');
  const { client } = wish;
  const { name, file } = client;
  const draft = new Draft(worktree);
  const launch = chooseLaunch(programLocation(call.ports.env, worktree));
  addTo(draft, wish, launch);
  const [change] = draft.changes();
  if (change === undefined)
    return done(
      null,
      { client: name, file, patch: '', written: false },
      () => line`${file} starts it already`,
    );
  const { scopeFiles } = call.world;
  await scopeFiles.check(worktree, [change]);
  const patch = await scopeFiles.patch([change]);
  if (!write) return done(null, { client: name, file, patch, written: false }, () => patch.trimEnd());
  await writeFiles(call, worktree, [change]);
  const isIgnored = change.before === null && (await scopeFiles.ignored(worktree, [file])).has(file);
  const lines = [
    line`wrote ${file}; ${client.title} ${client.approval}`,
    line`it is started ${launch.reason}`,
    ...(isIgnored ? [line`${file} is ignored by Git: it is here only, until you git add --force it`] : []),
  ];
  const data = { client: name, file, patch, written: true, ignored: isIgnored };
  return done(null, data, () => lines.join('\n'));
}

/** @throws CommandError NOT_WRITTEN where it cannot be added, or is there in another way. */
function addTo(draft: Draft, { client, serverOptions }: Wish, launch: Launch): void {
  const { file } = client;
  const edit = withServer(client, draft.read(file), serverEntry(client, launch, serverOptions));
  if (edit.kind === 'added') draft.write(file, edit.text);
  if (edit.kind === 'added' || edit.kind === 'unchanged') return;
  const problem = edit.kind === 'unreadable' ? `cannot be read: ${edit.problem}` : startsOtherwise;
  const print = shellCommand('rhema', 'mcp', '--client-config', client.name, ...serverOptions);
  throw notWritten(file, `${problem}; change it by hand to what ${print} prints`);
}

const startsOtherwise = 'starts it in another way, which is left as it is';

/** As `--write` does, beside other changes; gives what there is to know. Nothing where no file of the client is known. */
export function addServer(call: Call, draft: Draft, name: string): readonly string[] {
  const client = Object.values(clients).find((one) => one.name === name);
  if (client === undefined) return [];
  const launch = chooseLaunch(programLocation(call.ports.env, draft.root));
  const serverOptions = serverWords(call);
  const edit = withServer(client, draft.read(client.file), serverEntry(client, launch, serverOptions));
  if (edit.kind === 'different') return [line`${client.file} ${startsOtherwise}`];
  addTo(draft, { client, serverOptions }, launch);
  return edit.kind === 'added' ? [line`${client.title} ${client.approval}`] : [];
}

/** Relative to the top of the working tree. */
export const clientFiles: readonly string[] = clientNames.map((name) => clients[name].file);

/** The project files of clients that start this server, in whatever way. */
export function clientsWithEntry(worktree: string): readonly string[] {
  return clientNames.flatMap((name) => {
    const client = clients[name];
    const read = readRegularFile(join(worktree, client.file), { followLink: true });
    return read.ok && hasServer(client, read.bytes.toString('utf8')) ? [client.file] : [];
  });
}

/** Whether the text of a client's project file starts this very program as its server. */
export function startsThisServer(client: Client, text: string, launch: Launch): boolean {
  return withServer(client, text, serverEntry(client, launch)).kind === 'unchanged';
}

/** Codex gives a server ten seconds, which a machine may take on which several agents build. */
const codexStartSeconds = 60;

/** What a client is told of this server. */
export function serverEntry(
  client: Client,
  { words, inRepository }: Launch,
  serverOptions: readonly string[] = [],
): ServerEntry {
  const inFolder = (word: string): string =>
    word === inRepository && client.folderVariable !== null ? `${client.folderVariable}/${word}` : word;
  const [command, ...args] = words.map(inFolder) as [string, ...string[]];
  const folder = client.folderVariable === null ? [] : ['-C', client.folderVariable];
  return {
    ...(client.saysStdio ? { type: 'stdio' } : {}),
    command,
    args: [...args, ...folder, 'mcp', ...serverOptions],
    ...(client.name === 'codex' ? { startup_timeout_sec: codexStartSeconds } : {}),
  };
}

function adviceFor(client: Client, launch: Launch, serverOptions: readonly string[]): string[] {
  const { name, title, file, addCommand, approval } = client;
  const own = name === 'codex' ? launch.userWords : launch.words;
  const added = addCommand === null ? [] : [...addCommand, ...own, 'mcp', ...serverOptions];
  return [
    line`for ${title}: ${file} at the top of the repository; --write adds it there`,
    ...(added.length === 0 ? [] : [line`or run: ${shellCommand(...added)}${addNotes[name] ?? ''}`]),
    line`${title} ${approval}`,
    line`it is started ${launch.reason}`,
  ];
}

const addNotes: Readonly<Partial<Record<ClientName, string>>> = {
  codex: ' (which adds it for your user, in all repositories)',
};
