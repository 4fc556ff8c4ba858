import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { RolldownPlugin } from 'rolldown';

/**
 * `npm link` makes the program executable once, and from then on runs it where it lies: each build writes it anew, so each
 * build makes it executable. (Windows has no such mode, and npm puts a script before the program there.)
 */
export const executable: RolldownPlugin = {
  name: 'executable',
  writeBundle({ dir = '.' }, written) {
    for (const name of Object.keys(written)) chmodSync(join(dir, name), 0o755);
  },
};
