import { CoordinatorError } from '../protocol/index.ts';
import { invalidInput } from './answer/errors.ts';

/** The one spelling of a server's address: scheme, host, port, and a path without a slash at its end. */
export function serverAddress(text: string): string {
  const url = parsed(text);
  // First, so that no message repeats a password.
  if (url !== null && (url.username !== '' || url.password !== ''))
    throw invalidInput(
      'the address of a server has no user and no password in it: rhema login keeps a token for it',
    );
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw invalidInput(
      `the server ${JSON.stringify(text)}: an address such as http://127.0.0.1:7421 expected`,
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** How the same is done on this machine, where a server is named. */
export const withoutServer = ({ isNoted = false }: { readonly isNoted?: boolean }): string =>
  isNoted
    ? 'with RHEMA_SERVER set to nothing, or after rhema logout, as this clone is coordinated there'
    : 'without --server and RHEMA_SERVER';

/** Nobody has logged in there from here. */
export function noTokenKept(server: string): CoordinatorError {
  return new CoordinatorError(
    'UNAUTHENTICATED',
    `no token for ${server} is kept here: rhema login ${server} keeps one`,
    { details: { server } },
  );
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
