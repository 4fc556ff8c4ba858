import type { FactsByCode, Rejection, RejectionCode } from '../../src/core/index.ts';

/** A refusal as a test needs it, with those of its facts only that the test is about. */
export function refusalOf<Code extends RejectionCode>(
  code: Code,
  message: string,
  facts: { readonly [Fact in keyof FactsByCode[Code]]?: unknown } = {},
): Rejection {
  return { code, message, details: facts } as unknown as Rejection;
}
