const redacted = '[redacted]';

/** Beyond this a value is cut: what a stack quotes may be as long as a request. */
const valueLettersMax = 8_192;

/**
 * What lets somebody in, wherever it is quoted: tokens of a server (their id may stay, an operator revokes by it), what
 * stands in a header for them, secrets of sessions and webhooks.
 */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/(rhema_[0-9a-f]{12})_[0-9a-f]+/gi, `$1_${redacted}`],
  [/\b(bearer|basic)\s+[^\s"',]+/gi, `$1 ${redacted}`],
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, redacted],
  [
    /(\b\w*(?:secret|password|cookie|authorization)\\?["']?\s*[:=]\s*)(\\?["'][^"']*\\?["']?|[^\s"',}]+)/gi,
    `$1${redacted}`,
  ],
  [/\b[0-9a-f]{64,}\b/gi, redacted],
];

/** A value as it may stand in the log. */
export function withoutSecrets(text: string): string {
  const clean = secrets.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text);
  return clean.length > valueLettersMax ? `${clean.slice(0, valueLettersMax)}…` : clean;
}
