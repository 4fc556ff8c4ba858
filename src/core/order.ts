/**
 * Orders that do not depend on how a state came to be. A map or set that grew step by step iterates otherwise than one
 * that was read from a snapshot; whatever reaches an event, a result or a refusal is sorted first.
 */
/** By UTF-16 code units, as the default sort of texts. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const byNumber = (a: number, b: number): number => a - b;

export const smaller = <N extends number>(one: N, other: N): N => (other < one ? other : one);
export const larger = <N extends number>(one: N, other: N): N => (other > one ? other : one);
