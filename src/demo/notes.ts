import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The file that agents edit in a scope. */
export class Notes {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Null before the first write. */
  read(): string | null {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  /** All or nothing, also when the process is killed. */
  write(text: string): void {
    const fresh = `${this.#path}.${process.pid}`;
    writeFileSync(fresh, text);
    renameSync(fresh, this.#path);
  }
}
