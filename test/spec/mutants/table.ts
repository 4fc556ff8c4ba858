/** The report on the broken cores as text: what it says, written and read. */
import { join } from 'node:path';
import { modelsFolder } from '../slice.ts';
import type { Mutant } from './mutant.ts';

export const reportPath = join(modelsFolder, 'CODE-MUTANTS.md');

/** One row of a table; codes are quoted, plain text is not. */
const rowOf = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const quoted = (text: string): string => `\`${text}\``;

export function mutantRow({ name, file, model, caughtBy }: Mutant): string {
  return rowOf(name, quoted(file), quoted(model), quoted(caughtBy));
}

/** `refusal` is the command's kind and the code, for example `AcquireLock!LOCK_HELD`. */
export function refusalRow(refusal: string, takenOutBy: string): string {
  const [kind = '', code = ''] = refusal.split('!');
  return rowOf(quoted(kind), quoted(code), takenOutBy);
}

export interface Report {
  /** Name, file, model and what caught it. */
  readonly mutants: readonly (readonly string[])[];
  /** By refusal: the name of a broken core that does not give it. */
  readonly takenOutBy: ReadonlyMap<string, string>;
}

export function readReport(text: string): Report {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  const refusals = rows.filter((cells) => cells.length === 3);
  return {
    mutants: rows.filter((cells) => cells.length === 4),
    takenOutBy: new Map(refusals.map(([kind, code, name = '']) => [`${kind}!${code}`, name])),
  };
}
