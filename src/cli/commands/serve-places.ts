import { basename, resolve } from 'node:path';
import { Call } from '../call.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import type { Repository } from '../world/world.ts';
import { repositoryHere } from './token.ts';

/** A repository that is to be served. */
export interface ServePlace {
  /** Null: the only one, which has no path of its own. */
  readonly name: string | null;
  readonly repository: Repository;
  /** As if made there. */
  readonly call: Call;
}

/** What the server itself has at its top. */
const taken: readonly string[] = ['healthz', 'readyz'];

/** The repository here, or those of `words`: `PATH`, which is served under the name of its folder, or `NAME=PATH`. */
export async function servePlaces(call: Call, words: readonly string[]): Promise<readonly ServePlace[]> {
  if (words.length === 0) return [{ name: null, repository: await repositoryHere(call), call }];
  if (call.options.gitDir !== undefined)
    throw usageError('--git-dir names one repository: it goes without others');
  const places: ServePlace[] = [];
  for (const word of words) {
    const place = await placeOf(call, word);
    for (const other of places) mustDiffer(word, place, other);
    places.push(place);
  }
  return places;
}

async function placeOf(call: Call, word: string): Promise<ServePlace & { readonly name: string }> {
  const given = /^([^/=]*)=(.*)$/s.exec(word);
  const path = given?.[2] ?? word;
  if (path === '') throw invalidInput(`${JSON.stringify(word)}: a folder, or NAME=FOLDER expected`);
  const directory = resolve(call.cwd, path);
  const there = new Call(call.ports, { ...call.options, directory }, directory);
  const repository = await repositoryHere(there);
  return { name: nameOf(word, given?.[1] ?? ownName(repository)), repository, call: there };
}

/** That of the folder of its working tree; `shop` for `shop.git`, which has none. */
function ownName({ worktree, commonDir }: Repository): string {
  return worktree === null ? basename(commonDir).replace(/\.git$/, '') : basename(worktree);
}

function nameOf(word: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw invalidInput(
      `${JSON.stringify(word)}: it would be served as ${JSON.stringify(name)}: give it a name of 1 to 64 letters, digits, ., _ or -, the first a letter or digit, as in NAME=FOLDER`,
    );
  if (taken.includes(name))
    throw invalidInput(
      `${JSON.stringify(word)}: the server has /${name} for itself: give it another name, as in NAME=FOLDER`,
    );
  return name;
}

function mustDiffer(word: string, place: ServePlace, other: ServePlace): void {
  if (place.repository.commonDir === other.repository.commonDir)
    throw invalidInput(`${JSON.stringify(word)}: that repository is among them already, as ${other.name}`);
  if (place.name === other.name)
    throw invalidInput(
      `${JSON.stringify(word)}: there is a ${place.name} already: give it another name, as in NAME=FOLDER`,
    );
}
