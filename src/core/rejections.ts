/** What is said to a command that the rules refuse: a code, a sentence, and the facts that belong to the code. */
import type { CommonFacts, FactsByCode, RefusalFacts } from './refusal-facts.ts';
import type { RejectionCode } from './rejection-codes.ts';

/** A refusal with a code: nothing was written. */
export interface RejectionOf<Code extends RejectionCode> {
  readonly code: Code;
  /** What, which, and what to do next. */
  readonly message: string;
  /** The facts behind it, for programs. */
  readonly details: RefusalFacts<Code>;
}

/** Any refusal; its code tells which facts come with it. */
export type Rejection = { [Code in RejectionCode]: RejectionOf<Code> }[RejectionCode];

/** The same refusal with facts from around the machine. */
export function withFacts(rejection: Rejection, facts: CommonFacts): Rejection {
  const { code, message, details } = rejection;
  return { code, message, details: { ...details, ...facts } } as Rejection;
}

/** What is had for some codes, each made of the facts that come with it. */
export type ByCode<Made> = { readonly [Code in RejectionCode]?: (facts: RefusalFacts<Code>) => Made };

/** What a table has for a refusal; undefined when it has nothing for its code. */
export function madeOf<Made, Code extends RejectionCode>(
  table: ByCode<Made>,
  { code, details }: RejectionOf<Code>,
): Made | undefined {
  return table[code]?.(details);
}

/** A refusal in one line, for the deciding code. */
export function reject<Code extends RejectionCode>(
  code: Code,
  message: string,
  details: FactsByCode[Code],
): { readonly kind: 'rejected'; readonly rejection: Rejection } {
  // The compiler does not see that a code and its own facts are one of the union.
  const rejection = { code, message, details } as unknown as Rejection;
  return { kind: 'rejected', rejection };
}
