import type { ScopePath } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { CommandError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';

/** Scopes as typed, seen from the working directory, in canonical form, sorted and without repeats. */
export async function scopesOf(call: Call, texts: readonly string[]): Promise<ScopePath[]> {
  const scopes = await Promise.all(texts.map((text) => scopeOf(call, text)));
  return [...new Set(scopes)].sort();
}

export async function scopeOf(call: Call, text: string): Promise<ScopePath> {
  const repository = await call.repository();
  return valueOf(await call.world.inspection.scopePath(repository, call.cwd, text));
}

export const noScopes = (): CommandError =>
  new CommandError('NO_SCOPES', exitCodes.refused, 'there are no scopes here: rhema init makes them');
