import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeFile, replaceFile } from '../files/index.ts';
import type { Evidence, KeepEvidence } from '../service/index.ts';

/** More of them say the same. */
const filesMax = 5;
const pattern = /^evidence-\d+\.json$/;

/** Writes evidence into the state folder, in place of the oldest where there are many. */
export function evidenceFiles(directory: string, versions: Readonly<Record<string, string>>): KeepEvidence {
  return (evidence) => {
    try {
      const older = evidenceIn(directory);
      for (const path of older.slice(0, Math.max(0, older.length + 1 - filesMax))) removeFile(path);
      const path = join(directory, `evidence-${evidence.atMs}.json`);
      replaceFile(path, `${JSON.stringify({ versions, ...evidence } satisfies Kept)}\n`);
      return path;
    } catch {
      // A disk that is full keeps nobody from being told of the rest.
      return null;
    }
  };
}

type Kept = Evidence & { readonly versions: Readonly<Record<string, string>> };

/** The oldest first. */
export function evidenceIn(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => pattern.test(name));
    return names.sort((a, b) => numberIn(a) - numberIn(b)).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

const numberIn = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
