import { CoordinatorError } from '../../protocol/index.ts';

/** A server that sends its callers on is not followed: whoever it names would be shown the token. */
export function sentElsewhere(server: string, { headers, status }: Response): CoordinatorError {
  const there = rootOf(headers.get('location'), server);
  const known = there !== null && there !== server;
  return new CoordinatorError(
    'UNAVAILABLE',
    known
      ? `${server} sends its callers on to ${there} (HTTP ${status}), where the token is not sent: if that is the server, give its address: rhema login ${there}`
      : `${server} sends its callers elsewhere (HTTP ${status}), where the token is not sent: give the address that rhema serve printed, with all of its path`,
    { details: { status, ...(known ? { location: there } : {}) } },
  );
}

/** The address of a server to which a question was sent on; null: it is none that can be asked. */
function rootOf(location: string | null, server: string): string | null {
  if (location === null || !URL.canParse(location, server)) return null;
  const { protocol, origin, pathname } = new URL(location, server);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const path = pathname.replace(/\/(api\/v1(\/.*)?|healthz|readyz)$/, '').replace(/\/+$/, '');
  return `${origin}${path}`;
}
