import { CoordinatorError } from '../../protocol/index.ts';
import { tlsRemedy } from './tls-remedy.ts';

/** Of a failed connection: nothing was sent by it. */
const unsent = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** What does not mend itself, however often it is tried, and what to do about it; null: it may pass. */
function lasting(why: string): string | null {
  return why === 'bad port' ? 'no client may use that port' : tlsRemedy(why);
}

/** Why no answer came. Only what may pass is retryable. */
export function unreachable(server: string, error: unknown): CoordinatorError {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  const why = cause?.code ?? cause?.message ?? String(error);
  const remedy = lasting(why);
  return new CoordinatorError(
    'UNAVAILABLE',
    `the server ${server} cannot be reached (${why}): ${remedy ?? passing(server, why)}`,
    {
      retryable: remedy === null,
      cause: error,
      details: { sent: remedy === null && !unsent.includes(why), cause: why },
    },
  );
}

function passing(server: string, why: string): string {
  if (why === 'ENOTFOUND') return 'no host of that name is known';
  const isCut = why === 'UND_ERR_SOCKET' && server.startsWith('http:');
  return `is rhema serve running there${isCut ? ', and if so without TLS? With it the address begins with https://' : '?'}`;
}
