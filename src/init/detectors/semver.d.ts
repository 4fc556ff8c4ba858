/** The two functions of `semver` that are used; it brings no types. */
interface SemverOptions {
  readonly loose: boolean;
  readonly includePrerelease: boolean;
}

declare module 'semver/functions/satisfies.js' {
  export default function satisfies(version: string, range: string, options: SemverOptions): boolean;
}

declare module 'semver/ranges/valid.js' {
  export default function validRange(range: string, options: SemverOptions): string | null;
}
