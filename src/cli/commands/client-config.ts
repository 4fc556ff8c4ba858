import { stringify as toToml } from 'smol-toml';
import type { Call } from '../call.ts';
import { invalidInput } from '../errors.ts';
import { line, shellCommand } from '../format/text.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { clientNames, clients, serverName } from './client-config-clients.ts';
import type { Client, ClientName } from './client-config-clients.ts';
import { chooseLaunch, programPlace } from './client-config-launch.ts';
import type { Launch } from './client-config-launch.ts';

export interface ClientConfigInput {
  /** Which client is to be configured. */
  readonly clientConfig: string;
}

/**
 * Prints what a coding-agent client must be told to use `rhema mcp`: on standard output the very content of its project
 * file, on standard error where it belongs and what else works.
 */
export async function clientConfig(call: Call, input: ClientConfigInput): Promise<Outcome> {
  const client = clientNamed(input.clientConfig);
  // The configuration of a user is as good outside of any repository.
  const repository = await call.repository().catch(() => null);
  const launch = chooseLaunch(programPlace(call.context.env, repository?.worktree ?? null));
  const content = configurationText(client, launch);
  const advice = adviceFor(client, launch);
  for (const text of advice) call.note(text);
  const { name, file } = client;
  return done(null, { client: name, file, content, advice }, () => content.trimEnd());
}

function clientNamed(text: string): Client {
  const isKnown = (name: string): name is ClientName => clientNames.some((known) => known === name);
  if (isKnown(text)) return clients[text];
  throw invalidInput(`no client ${JSON.stringify(text)}: use one of ${clientNames.join(', ')}`);
}

/** The whole project file of a client, for the case that it has none yet. */
export function configurationText(client: Client, launch: Launch): string {
  const content = { [client.table]: { [serverName]: serverEntry(client, launch) } };
  return client.format === 'toml' ? toToml(content) : `${JSON.stringify(content, null, 2)}\n`;
}

/** Codex gives a server ten seconds to come up, which a download may take longer than. */
const slowStartSeconds = 60;

function serverEntry(client: Client, { words, isSlowAtFirst }: Launch): Readonly<Record<string, unknown>> {
  const [command, ...args] = words;
  const folder = client.folderVariable === null ? [] : ['-C', client.folderVariable];
  return {
    ...(client.saysStdio ? { type: 'stdio' } : {}),
    command,
    args: [...args, ...folder, 'mcp'],
    ...(client.name === 'codex' && isSlowAtFirst ? { startup_timeout_sec: slowStartSeconds } : {}),
  };
}

function adviceFor(client: Client, launch: Launch): string[] {
  const { title, file, addCommand, approval } = client;
  const added = addCommand === null ? [] : [...addCommand, ...launch.words, 'mcp'];
  return [
    line`for ${title}: ${file} at the top of the repository; if it exists, add the entry to it`,
    ...(added.length === 0 ? [] : [line`or run: ${shellCommand(...added)}`]),
    line`${title} ${approval}`,
    line`it is started ${launch.reason}`,
  ];
}
