import { named, readAs } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Place } from './candidates.ts';
import { warningAt, wholeFile } from './problems.ts';

/** In many fonts these are one: no escape can show which it is, as it can of letters of another alphabet. */
const asSeen = (text: string): string => text.replaceAll(/[1I|]/g, 'l').replaceAll('0', 'O');

/**
 * Scopes of one graph that nobody can tell apart by reading, letters of another alphabet, or of another form, standing for
 * those of the first: who is told of the one takes it for the other.
 */
export function problemsOfAlike(places: readonly Pick<Place, 'scope' | 'file'>[]): ScopeProblem[] {
  const first = new Map<string, string>();
  return places.flatMap(({ scope, file }) => {
    const read = asSeen(readAs(scope));
    const other = first.get(read);
    if (other === undefined) {
      first.set(read, scope);
      return [];
    }
    const message = `the scope ${named(scope)} reads like ${named(other)}: give one of the two folders another name`;
    return [warningAt('SCOPES_READ_ALIKE', wholeFile(file), message)];
  });
}
