import type { ScopePath } from '../core/index.ts';
import { invalidInput } from '../protocol/index.ts';
import type { Workspace } from './ports.ts';

const nameSomething = 'it is empty: name a file or folder, or "." for the top of the repository';

/** The scopes that an agent names. Throws `INVALID_INPUT` with the place of the first that cannot be one. */
export async function scopesNamed(
  workspace: Workspace,
  texts: readonly string[],
): Promise<readonly ScopePath[]> {
  const scopes = await Promise.all(
    texts.map((text, index) => scopeNamed(workspace, text, `scopes[${index}]`)),
  );
  return [...new Set(scopes)].sort();
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
