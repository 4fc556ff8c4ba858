import { fileURLToPath } from 'node:url';

/** A file that a process is started from. All of them lie in one folder, with whatever the program is bundled into. */
export function entryFile(name: 'main' | 'tether-main'): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
