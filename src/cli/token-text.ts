import { CoordinatorError } from '../protocol/index.ts';

/** As a header may have it, and no longer than any that is made. */
const oneToken = /^[!-~]{1,512}$/;

/** The token in a text: alone in it, or in the first line of what `rhema token create` has printed. Null: there is none, or several. */
export function tokenIn(text: string): string | null {
  const [first = '', ...rest] = text
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
  const isAlone =
    rest.length === 0 || (first.startsWith('rhema_') && !rest.some((other) => other.startsWith('rhema_')));
  return isAlone && oneToken.test(first) ? first : null;
}

/** The same of a file. Throws `UNAUTHENTICATED`, without a word of what is in it. */
export function tokenInFile(text: string, named: string, path: string): string {
  const token = tokenIn(text);
  if (token !== null) return token;
  throw new CoordinatorError(
    'UNAUTHENTICATED',
    `${named}, in which there is no token: one line expected, as rhema token create printed it`,
    { details: { path } },
  );
}
