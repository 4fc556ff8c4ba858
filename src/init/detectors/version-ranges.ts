import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';

const options = { loose: true, includePrerelease: true };

/**
 * Whether a package of a version can be the one that a range of npm asks for. So it is where one of the two tells nothing: without a
 * version, or where a tag or a catalog stands in place of a range.
 */
export function mayBeVersion(version: string | null, range: string): boolean {
  if (version === null || validRange(version, options) === null || validRange(range, options) === null)
    return true;
  return satisfies(version, range, options);
}
