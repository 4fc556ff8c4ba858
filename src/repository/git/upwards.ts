import { dirname } from 'node:path';

/** A folder, and all that it lies in. */
export function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}
