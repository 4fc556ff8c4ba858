import type { FilePath, OneName, ResourceName, ScopePath, Wish } from '../../core/index.ts';
import {
  claimOf,
  onlyOne,
  ownClaimOf,
  resourceNamed,
  typedTrouble,
  wishNamed,
  type AgentSession,
  type Claim,
  type NamingPorts,
  type Purpose,
  type TypedPath,
} from '../../participant/index.ts';
import type { Call } from '../call.ts';
import { valueOf } from '../answer/errors.ts';
import type { Typing } from '../format/text.ts';

/** What is named on a command line, seen from the working directory: scopes, files, resources. */
export async function wishOf(
  call: Call,
  texts: readonly string[],
  purpose: Purpose = 'mention',
): Promise<Wish> {
  const resources: ResourceName[] = [];
  const paths: TypedPath[] = [];
  for (const text of texts) {
    const resource = resourceNamed(text);
    if (resource === null) paths.push(await typedPath(call, text));
    else resources.push(valueOf(resource));
  }
  return wishNamed(await namingPorts(call), paths, resources, purpose);
}

/** What has to be locked by whoever wants to write what is named. */
export async function claimNamed(call: Call, texts: readonly string[]): Promise<Claim> {
  const wish = await wishOf(call, texts, 'claim');
  return claimOf(await call.coordinator(), wish);
}

/** What an agent means that names what it holds. */
export async function ownNamed(
  call: Call,
  { agent }: Pick<AgentSession, 'agent'>,
  texts: readonly string[],
): Promise<Claim> {
  return ownClaimOf(await call.coordinator(), agent, await wishOf(call, texts));
}

/** As {@link wishOf}, of a single name. */
export async function oneNameOf(call: Call, text: string): Promise<OneName> {
  return onlyOne(await wishOf(call, [text]));
}

/** Those of some files of which there is none yet. Whoever meant a scope by them learns it from that. */
export async function notThere(call: Call, files: readonly FilePath[]): Promise<ReadonlySet<FilePath>> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const missing = await Promise.all(
    files.map(
      async (file) => (await inspection.liesAt(repository, file as string as ScopePath)) === 'nothing',
    ),
  );
  return new Set(files.filter((_, index) => missing[index] === true));
}

/** Why such a name can be of no file; see {@link typedTrouble}. `file`: seen from the top. */
export async function fileTrouble(call: Call, file: FilePath): Promise<string | null> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const asFile = await inspection.filePath(repository, repository.worktree ?? call.cwd, file);
  return typedTrouble(await namingPorts(call), { asFile });
}

/** How a command line is typed in the folder from which this one was. */
export async function typingOf(call: Call): Promise<Typing> {
  const repository = await call.repository();
  return {
    rhema: (...words) => call.rhema(...words),
    name: (name) =>
      resourceNamed(name) === null ? call.world.inspection.pathTyped(repository, call.cwd, name) : name,
  };
}

/** A name of either kind, seen from the working directory, has both meanings until it is known which there is. */
async function typedPath(call: Call, text: string): Promise<TypedPath> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const asScope = valueOf(await inspection.scopePath(repository, call.cwd, text));
  return { text, field: '', asScope, asFile: await inspection.filePath(repository, call.cwd, text) };
}

async function namingPorts(call: Call): Promise<NamingPorts> {
  const repository = await call.repository();
  return {
    coordinator: await call.coordinator(),
    filesThere: () => call.world.inspection.filesThere(repository),
    liesAt: (path: ScopePath) => call.world.inspection.liesAt(repository, path),
    nearestPath: async (path, candidates) =>
      (await import('../../config/index.ts')).nearestPath(path, candidates),
  };
}
