import { isLoopback } from '../../access/index.ts';
import { namesOf } from '../../core/index.ts';
import { webhookKinds, type WebhookKind } from '../../webhooks/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { wishOf } from './named.ts';

const urlLengthMax = 2_048;

export function webhookName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw invalidInput(
    `the webhook ${JSON.stringify(text)}: 1 to 64 letters, digits, ., _ or - expected, the first a letter or digit`,
  );
}

/** Where it calls. What a message tells, and that it is ours, must not be read on its way. */
export function urlOf(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || text.length > urlLengthMax || !['https:', 'http:'].includes(url.protocol))
    throw invalidInput(
      `--url ${JSON.stringify(text.slice(0, urlLengthMax))}: an address such as https://example.org/hooks expected`,
    );
  if (url.username !== '' || url.password !== '')
    throw invalidInput(
      '--url: a name and a password in it would stand in logs: the signature says who calls',
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecure)
    throw invalidInput(
      `--url: others could read on the way to ${url.hostname} what is sent: use https, or --insecure where that does no harm`,
    );
  url.hash = '';
  return url.href;
}

/** What it is to tell. */
export async function choiceOf(
  call: Call,
  { on = [], scope }: { readonly on?: readonly string[]; readonly scope?: string },
): Promise<{ readonly on: readonly WebhookKind[]; readonly scope: string | null }> {
  const found = await Promise.all(on.flatMap((text) => text.split(',')).map(kindsOf));
  const kinds = [...new Set(found.flat())];
  return { on: kinds, scope: scope === undefined ? null : (namesOf(await wishOf(call, [scope]))[0] ?? null) };
}

/** `lock` stands for all that begin with `lock.`. */
async function kindsOf(text: string): Promise<readonly WebhookKind[]> {
  const found = webhookKinds.filter((kind) => kind === text || kind.startsWith(`${text}.`));
  if (found.length > 0) return found;
  const groups = [...new Set(webhookKinds.map((kind) => kind.split('.')[0] ?? kind))];
  const { nearest } = await import('../../config/index.ts');
  const near = nearest(text, [...webhookKinds, ...groups]);
  const meant = near === null ? 'no webhook tells of that' : `did you mean ${near}?`;
  const known = `known are ${webhookKinds.join(', ')}, and for all of a kind ${groups.join(', ')}`;
  throw invalidInput(`--on ${JSON.stringify(text)}: ${meant}; ${known}`, { on: text, kinds: webhookKinds });
}
