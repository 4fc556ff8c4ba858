import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { dependencyEntries, dependencyText } from './dependency-entry.ts';
import type { ExistingScope } from './existing.ts';
import type { FileChange } from './file-change.ts';
import type { Notice } from '../notices.ts';
import { pathMeant, top } from '../paths.ts';
import type { Situation } from '../situation.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** What a plan comes to. */
interface Planned {
  readonly changes: readonly FileChange[];
  readonly notices: readonly Notice[];
  /** As they will be. */
  readonly scopes: readonly { readonly path: ScopePath; readonly name: string }[];
}

/**
 * What will still be wrong with scope files when a plan has been carried out. A file that is written anew or removed is
 * right afterwards; in one that is only added to, nothing is repaired but dependencies that lead nowhere: those that go,
 * and those whose scope is about to be made. What a notice says is not said twice.
 */
export function remainingProblems(situation: Situation, planned: Planned): ScopeProblem[] {
  const { changes, notices } = planned;
  const told = new Set(notices.map(({ file, message }) => `${file}\n${message}`));
  const byFile = new Map([...situation.existing.values()].map((scope) => [scope.file, scope]));
  const changed = new Map(changes.map((change) => [change.file, change]));
  const lookup = new Lookup(planned);
  const isSettled = ({ code, file }: ScopeProblem): boolean => {
    const scope = byFile.get(file ?? '');
    const change = changed.get(file ?? '');
    if (scope === undefined || change?.after === null) return change !== undefined;
    if (change !== undefined && scope.origin === 'untouched') return true;
    return leadsNowhere.has(code) && lookup.knowsAll(scope, change?.after ?? scope.text);
  };
  return problems(situation, told).filter((problem) => !isSettled(problem));
}

/** An entry that we wrote leads out of the repository when its file was moved to a folder nearer to the top. */
const leadsNowhere: ReadonlySet<string> = new Set([
  'UNKNOWN_DEPENDENCY',
  'BROKEN_DEPENDENCY',
  'OUTSIDE_REPOSITORY',
]);

function problems({ problems: all }: Situation, told: ReadonlySet<string>): readonly ScopeProblem[] {
  return all.filter(({ file, message }) => !told.has(`${file}\n${message}`));
}

/** Whether the entries of a file mean scopes that there will be. */
class Lookup {
  readonly #paths: ReadonlySet<string>;
  readonly #names: ReadonlySet<string>;

  constructor({ scopes }: Planned) {
    this.#paths = new Set(scopes.map(({ path }) => path));
    this.#names = new Set(scopes.map(({ name }) => name));
  }

  /** Where the entries of a file stand elsewhere, as in other shapes than ours, nobody can tell. */
  knowsAll({ path, generated }: ExistingScope, text: string): boolean {
    const entries = dependencyEntries(new YamlText(text).value);
    const isSeen = entries.length > 0 || generated !== null;
    return isSeen && entries.every((item) => this.#knows(path, dependencyText(item) ?? ''));
  }

  #knows(from: ScopePath, text: string): boolean {
    const meanings = [pathMeant(from, text), pathMeant(top, text)];
    return this.#names.has(text) || meanings.some((path) => path !== null && this.#paths.has(path));
  }
}
