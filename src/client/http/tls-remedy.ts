const unknownSigner =
  'this machine does not know who signed its certificate: name the file with theirs in NODE_EXTRA_CA_CERTS';

/** By the codes of Node and OpenSSL. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/, unknownSigner],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired: renew it there, then start rhema serve again'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'its certificate is for another name: call it by one that is in it, or have one made for this name',
  ],
  [/^(CERT_|ERR_TLS_CERT_)/, 'its certificate is not accepted: have another one made there'],
  [
    /^(ERR_SSL_\w+|EPROTO)$/,
    'what answers there does not speak TLS as it should: if it has none, its address begins with http://',
  ],
];

/** What is wrong with the encryption of a connection that failed, and what to do; null: it failed of something else. */
export function tlsRemedy(code: string): string | null {
  return remedies.find(([codes]) => codes.test(code))?.[1] ?? null;
}
