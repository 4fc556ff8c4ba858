import { agentStatuses, escapeUnclear, eventGroups, eventKinds, messageKinds } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { shells } from './completion.ts';
import { count } from '../../wording/index.ts';

/** A word that may come next, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** What comes next: words that we know; or files, folders, or a command with its own words, which the shell knows. */
export type Kind = 'words' | 'files' | 'folders' | 'command';

const fixed = (words: readonly string[]) => async (): Promise<readonly Candidate[]> =>
  words.map((word) => ({ word, help: '' }));

/** `operands`: those before it. */
type Values = (call: Call, unfinished: string, operands: readonly string[]) => Promise<readonly Candidate[]>;

/** Words of the context file that was named before; none before it is. */
const ofFile =
  (words: (call: Call, text: string) => Promise<readonly string[]>): Values =>
  async (call, _unfinished, [text]) =>
    text === undefined ? [] : (await words(call, text)).map((word) => ({ word, help: '' }));

async function hookNames(): Promise<readonly Candidate[]> {
  const { hookTargets } = await import('./hooks/hooks.ts');
  return hookTargets.map(({ name, title }) => ({ word: name, help: title }));
}

/** Values by the name of the argument or option that takes them. */
const values: Readonly<Record<string, Values>> = {
  scope: scopes,
  scopes,
  'context-file': contextKinds,
  'context-files': async (call) => [...(await contextKinds()), ...(await scopes(call))],
  id: ofFile(entryIds),
  digest: ofFile(digests),
  under: ofFile(collections),
  fields: ofFile(entryKeys),
  unset: ofFile(entryKeys),
  changes: scopes,
  only: contextKinds,
  agent: agents,
  to: agents,
  holderOf: lockNames,
  kind: fixed(messageKinds),
  name: agents,
  names: lockNames,
  lock: lockNames,
  subject: async (call, unfinished) => [...(await lockNames(call, unfinished)), ...(await agents(call))],
  as: fixed(['scope', 'agent']),
  claim: fixed(['file', 'scope']),
  format: async () => fixed((await import('./safety-report.ts')).reportFormats)(),
  status: fixed(agentStatuses),
  shell: fixed(shells),
  event: fixed([...eventGroups, ...eventKinds]),
  stage: async () => fixed((await import('../../init/index.ts')).stages)(),
  clientConfig: async () => {
    const { clientNames, clients } = await import('./client-config-clients.ts');
    return clientNames.map((word) => ({ word, help: clients[word].title }));
  },
  on: async () => fixed((await import('../../webhooks/index.ts')).webhookKinds)(),
  webhook: webhooks,
  targets: hookNames,
  client: hookNames,
  key: async (_call, unfinished) => {
    const { options } = await import('../../config/index.ts');
    const block = unfinished.startsWith('agent_') ? '' : 'agent_coordination.';
    return options.map(({ key, help }) => ({
      word: key.slice(key.startsWith(block) ? block.length : 0),
      help,
    }));
  },
};

/** Of values that are not among the words above. A scope may also be named from the working folder, as a folder, and a file as such. */
const kinds: Readonly<Record<string, Kind>> = {
  scope: 'folders',
  scopes: 'folders',
  subject: 'files',
  names: 'files',
  lock: 'files',
  holderOf: 'files',
  paths: 'files',
  changes: 'files',
  'context-file': 'files',
  'context-files': 'files',
  directory: 'folders',
  repo: 'folders',
  file: 'files',
  for: 'files',
  from: 'files',
};

/** Of what takes two kinds of words, those of the kind that was begun. */
export async function valuesOf(
  call: Call,
  name: string,
  unfinished: string,
  operands: readonly string[],
): Promise<readonly Candidate[]> {
  return (await values[name]?.(call, unfinished, operands)) ?? [];
}

export function kindOfValue(name: string): Kind {
  return kinds[name] ?? 'words';
}

async function contextKinds(): Promise<readonly Candidate[]> {
  return fixed((await import('../../context/index.ts')).contextKinds)();
}

async function entryIds(call: Call, text: string): Promise<readonly string[]> {
  const { fileNamed, filesOnDisk } = await import('./context-named.ts');
  const files = await filesOnDisk(call);
  const file = files.examine(await fileNamed(call, files, { text, scope: undefined }));
  return (file?.report.entries.flatMap(({ id }) => id ?? []) ?? []).filter(isClear);
}

/** Of what the file was: enough of each to be told from others. */
async function digests(call: Call, text: string): Promise<readonly string[]> {
  const { fileToWrite } = await import('./context-target.ts');
  const { path } = await fileToWrite(call, { 'context-file': text });
  const kept = await call.world.workingFiles(await call.repository()).list(path);
  return [...new Set(kept.map(({ digest }) => digest.slice(0, 12)))];
}

/** Keys at the top of the file under which entries stand. */
async function collections(call: Call, text: string): Promise<readonly string[]> {
  const { fileWithEntries } = await import('./context-target.ts');
  const { kind } = await fileWithEntries(call, { 'context-file': text });
  const { collectionsOf } = await import('../../context/index.ts');
  return collectionsOf[kind].map(({ key }) => key);
}

/** Keys that an entry of the file may have. */
async function entryKeys(call: Call, text: string): Promise<readonly string[]> {
  const { fileWithEntries } = await import('./context-target.ts');
  const { kind } = await fileWithEntries(call, { 'context-file': text });
  const { rulesOf } = await import('../../context/index.ts');
  return rulesOf[kind].list.fields.map(({ key }) => key);
}

/** A shell shows a word as it is, and cannot be told an escape instead. */
const isClear = (word: string): boolean => escapeUnclear(word) === word;

/** Of those that read as what they are. */
async function scopes(call: Call): Promise<readonly Candidate[]> {
  const answer = await (await call.coordinator()).query({ kind: 'scopes' });
  const clear = answer.scopes.filter(({ path }) => isClear(path));
  return clear.map((scope) => ({ word: scope.path, help: scope.name }));
}

/** Scopes; and resources, where one was begun: most agents need none. */
async function lockNames(call: Call, unfinished: string): Promise<readonly Candidate[]> {
  if (!unfinished.startsWith('@')) return scopes(call);
  const { settings } = await (await call.coordinator()).query({ kind: 'status', at: null });
  return Object.entries(settings.resources).map(([word, capacity]) => ({
    word,
    help: count(capacity, 'slot'),
  }));
}

async function webhooks(call: Call): Promise<readonly Candidate[]> {
  const repository = await call.repository();
  // Those of a server are known on its machine alone.
  if (repository.server !== undefined) return [];
  const kept = await call.world.webhooks.list(repository);
  return kept.webhooks.map(({ record }) => ({ word: record.name, help: new URL(record.url).host }));
}

async function agents(call: Call): Promise<readonly Candidate[]> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  return answer.agents.map((agent) => ({ word: agent.agent, help: agent.status }));
}
