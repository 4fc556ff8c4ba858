/** More would not be read; who needs all has them in what programs read. */
const shownMax = 10;

/** `a, b`, and of many the first ones: `a, b, c and 390 more`. */
export function someNames(names: readonly string[]): string {
  const more = names.length - shownMax;
  return `${names.slice(0, shownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
