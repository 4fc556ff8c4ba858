/** Whether hooks that were there, or that one would look for, are gone. */
import type { Call } from '../call.ts';
import { clients } from '../commands/client-config-clients.ts';
import { hasServer } from '../commands/client-config-edit.ts';
import { readIn, type Place, type Tried } from './tried.ts';

export interface Sought {
  readonly name: string;
  readonly file: string;
  /** Which stand in the file as it was written. */
  readonly words: string;
}

/** Null: nobody has written any, and its client has no tools of ours either. */
export async function goneFrom(
  call: Call,
  { repository, draft }: Place,
  { name, file, words }: Sought,
): Promise<Extract<Tried['outcome'], { kind: 'gone' }> | null> {
  const place = { commonDir: repository.commonDir, root: draft.root };
  const client = Object.values(clients).find((one) => one.name === name);
  const written = { words, isAlone: client?.file !== file };
  if (await call.world.scopeFiles.takenOut(place, file, readIn(draft, file), written))
    return { kind: 'gone', toolsIn: null };
  const text = client === undefined ? null : readIn(draft, client.file);
  return client === undefined || text === null || !hasServer(client, text)
    ? null
    : { kind: 'gone', toolsIn: client.file };
}
