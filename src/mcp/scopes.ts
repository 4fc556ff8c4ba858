import type { AgentId, ResourceName, ScopePath, Wish } from '../core/index.ts';
import {
  claimOf,
  ownClaimOf,
  resourceNamed,
  typedTrouble,
  wishNamed,
  type Claim,
  type Purpose,
  type TypedPath,
} from '../participant/index.ts';
import { invalidInput } from '../protocol/index.ts';
import type { Workspace } from './ports.ts';

const nameSomething = 'it is empty: name a file or folder, or "." for the top of the repository';

/** What an agent names: scopes, files, resources. Throws `INVALID_INPUT` with the place of the first that cannot be one. */
export async function wishOf(
  workspace: Workspace,
  texts: readonly string[],
  purpose: Purpose,
  argument: 'scopes' | 'holder_of' = 'scopes',
): Promise<Wish> {
  const resources: ResourceName[] = [];
  const paths: TypedPath[] = [];
  for (const [index, text] of texts.entries()) {
    const field = argument === 'scopes' ? `scopes[${index}]` : argument;
    const resource = resourceNamed(text);
    if (resource === null) paths.push(await typedPath(workspace, text, field));
    else if (resource.ok) resources.push(resource.value);
    else throw invalidInput(field, resource.problem);
  }
  return wishNamed(workspace, paths, resources, purpose);
}

/** What has to be locked by an agent that wants to write what it names; see {@link wishOf}. */
export async function claimNamed(workspace: Workspace, texts: readonly string[]): Promise<Claim> {
  return claimOf(workspace.coordinator, await wishOf(workspace, texts, 'claim'));
}

/** What an agent means that names what it holds, or waits for. */
export async function ownNamed(
  workspace: Workspace,
  agent: AgentId,
  texts: readonly string[],
): Promise<Claim> {
  return ownClaimOf(workspace.coordinator, agent, await wishOf(workspace, texts, 'mention'));
}

async function typedPath(workspace: Workspace, text: string, field: string): Promise<TypedPath> {
  const asScope = await scopeNamed(workspace, text, field);
  return { text, field, asScope, asFile: await workspace.filePath(text) };
}

export async function scopeNamed(workspace: Workspace, text: string, field: string): Promise<ScopePath> {
  if (text === '') throw invalidInput(field, nameSomething);
  const parsed = await workspace.scopePath(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput(field, parsed.problem);
}

export async function fileNamed(workspace: Workspace, text: string): Promise<ScopePath> {
  if (text === '') throw invalidInput('path', nameSomething);
  const parsed = await workspace.filePath(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('path', parsed.problem);
}

/** Throws `INVALID_INPUT` for a path that no file has. */
export async function refuseUnlockable(workspace: Workspace, path: ScopePath): Promise<void> {
  const trouble = await typedTrouble(workspace, { asFile: { ok: true, value: path } });
  if (trouble !== null) throw invalidInput('path', trouble);
}
