import { CoordinatorError } from '../../protocol/index.ts';

/** Of a failed connection: nothing was sent by it. */
const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

const unknownSigner =
  'this machine does not know who signed its certificate: name the file with theirs in NODE_EXTRA_CA_CERTS';

/** What does not mend itself, however often it is tried, and what to do about it. */
const lasting: readonly (readonly [RegExp, string])[] = [
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/, unknownSigner],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired: whoever runs it needs a new one'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another name: call it by one that is in it'],
  [/^CERT_/, 'its certificate is not accepted'],
  [
    /^(ERR_SSL_\w+|EPROTO)$/,
    'what answers there does not speak TLS as it should: if it has none, its address begins with http://',
  ],
  [/^bad port$/, 'no client may use that port'],
];

/** Why no answer came. Only what may pass is retryable. */
export function unreachable(server: string, error: unknown): CoordinatorError {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  const why = cause?.code ?? cause?.message ?? String(error);
  const remedy = lasting.find(([codes]) => codes.test(why))?.[1];
  return new CoordinatorError(
    'UNAVAILABLE',
    `the server ${server} cannot be reached (${why}): ${remedy ?? passing(server, why)}`,
    {
      retryable: remedy === undefined,
      cause: error,
      details: { sent: remedy === undefined && !unsent.includes(why), cause: why },
    },
  );
}

function passing(server: string, why: string): string {
  if (why === 'ENOTFOUND') return 'no host of that name is known';
  const isCut = why === 'UND_ERR_SOCKET' && server.startsWith('http:');
  return `is rhema serve running there${isCut ? ', and if so without TLS? With it the address begins with https://' : '?'}`;
}
