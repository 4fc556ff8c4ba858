/** What can be wrong inside a context file. One that cannot be read at all breaks a rule of the reader of scopes. */
export const contextRules = [
  'EMPTY_FILE',
  'KEY_MISSING',
  'KEY_CALLED_OTHERWISE',
  'WRONG_TYPE',
  'MERGE_KEY',
  'ID_REPEATED',
  'ID_FORM',
  'TITLE_BLANK',
  'NAME_BLANK',
  'CONTENT_BLANK',
  'DESCRIPTION_BLANK',
  'STATUS_UNKNOWN',
  'PRIORITY_UNKNOWN',
  'SEVERITY_UNKNOWN',
  'USAGE_UNKNOWN',
  'ENFORCEMENT_UNKNOWN',
  'WORD_OF_OTHER_DESIGN',
  'WORD_SPELT_OTHERWISE',
  'DATE_INVALID',
  'DATE_FORM',
  'COMPLETED_AT_MISSING',
  'COMPLETED_AT_UNEXPECTED',
  'REVIEW_BEFORE_DECISION',
  'CATEGORY_UNKNOWN',
  'RELATED_UNKNOWN',
  'SCOPE_UNKNOWN',
  'FILE_UNKNOWN',
  'TOO_LONG',
  'OUT_OF_RANGE',
  'TOO_MANY_PROBLEMS',
] as const;
export type ContextRule = (typeof contextRules)[number];

/** Something wrong in a context file, and what to do about it. */
export interface ContextProblem {
  /** Repository-relative. */
  readonly file: string;
  /** From 1; null: the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
  /** The entry that it is in; null for the file as a whole, and for an entry without an id. */
  readonly entry: string | null;
  /** A {@link ContextRule}, or a code of the reader of scopes, such as YAML_SYNTAX. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong, and what to do about it. */
  readonly message: string;
}

/** Of each severity. More of them help nobody, and one file can have a hundred thousand. */
const problemsMax = 500;

type Found = Omit<ContextProblem, 'file' | 'severity'> & { readonly rule: ContextRule };

/** Problems of one file as they are found; errors are never crowded out by warnings. */
export class Findings {
  readonly #errors: ContextProblem[] = [];
  readonly #warnings: ContextProblem[] = [];
  readonly #file: string;
  #leftOut = 0;

  constructor(file: string) {
    this.#file = file;
  }

  error(found: Found): void {
    this.#add(this.#errors, 'error', found);
  }

  warning(found: Found): void {
    this.#add(this.#warnings, 'warning', found);
  }

  /** By their places. */
  get all(): readonly ContextProblem[] {
    const found = [...this.#errors, ...this.#warnings].sort(byPlace);
    return this.#leftOut === 0 ? found : [...found, this.#rest()];
  }

  #add(list: ContextProblem[], severity: ContextProblem['severity'], found: Found): void {
    const { line, column, entry, rule, message } = found;
    if (list.length === problemsMax) this.#leftOut += 1;
    else list.push({ file: this.#file, line, column, entry, rule, severity, message });
  }

  #rest(): ContextProblem {
    return {
      rule: 'TOO_MANY_PROBLEMS' satisfies ContextRule,
      severity: 'warning',
      file: this.#file,
      line: null,
      column: null,
      entry: null,
      message: `has ${this.#leftOut} more ${this.#leftOut === 1 ? 'problem' : 'problems'}: mend these first`,
    };
  }
}

const byPlace = (a: ContextProblem, b: ContextProblem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
