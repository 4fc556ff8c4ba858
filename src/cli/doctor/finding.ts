/** One thing that was looked at. */
export interface Finding {
  /** `problem`: coordination does not work as it is. `warning`: it does, but something may surprise. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly subject: string;
  readonly message: string;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null;
}

/** Something that was looked for, or why it could not be found out. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | {
      readonly known: false;
      readonly problem: string;
      /** Of the error, where it has one. */
      readonly code: string | null;
    };

export const ok = (subject: string, message: string): Finding => ({
  level: 'ok',
  subject,
  message,
  remedy: null,
});

export const warning = (subject: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  subject,
  message,
  remedy,
});

export const problem = (subject: string, message: string, remedy: string): Finding => ({
  level: 'problem',
  subject,
  message,
  remedy,
});

/** Finds something out. What is thrown is a fact, too: one broken part must not hide the others. */
export async function factOf<T>(find: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await find() };
  } catch (error) {
    return {
      known: false,
      problem: error instanceof Error ? error.message : String(error),
      code: codeOf(error),
    };
  }
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** What a fact leads to; one that could not be found out is a problem. */
export function findingsFrom<T>(
  subject: string,
  fact: Fact<T>,
  remedy: string,
  judge: (value: T) => readonly Finding[],
): readonly Finding[] {
  return fact.known ? judge(fact.value) : [problem(subject, fact.problem, remedy)];
}

/** Where what should be there could not be read. */
export const readRemedy = 'see that you may read the repository and its Git folder';
