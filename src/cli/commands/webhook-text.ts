import type { Answer, Webhook, WebhookRecord } from '../../webhooks/index.ts';
import type { Call } from '../call.ts';
import type { Style } from '../format/style.ts';
import { table } from '../format/table.ts';
import { line } from '../format/text.ts';
import { relative } from '../format/time.ts';
import { fitted } from '../format/width.ts';

/** All that is known of a webhook, but its secrets. */
export function shownWebhook(record: WebhookRecord): Readonly<Record<string, unknown>> {
  const { id, name, url, on, scope, createdAtMs } = record;
  return { id, name, url, on, scope, createdAtMs };
}

type Status = 'new' | 'on' | 'failing' | 'off';

/** How it stands; `why` of one that is off. */
export function stateOf({ record, state }: Webhook): {
  readonly status: Status;
  readonly why: 'gone' | 'failing' | null;
  readonly offAtMs: number | null;
  readonly failingSinceMs: number | null;
  readonly nextTryAtMs: number | null;
  readonly nextRevision: number;
} {
  const nextRevision = state?.next.revision ?? record.from;
  const none = { why: null, offAtMs: null, failingSinceMs: null, nextTryAtMs: null, nextRevision };
  // A person has switched it on, and no server has seen that yet.
  if (state === null || state.turn !== record.turn) return { status: 'new', ...none };
  const { off, failingSinceMs, nextTryAtMs } = state;
  const times = { failingSinceMs, nextTryAtMs, nextRevision };
  if (off !== null) return { status: 'off', why: off.why, offAtMs: off.atMs, ...times };
  return { status: failingSinceMs === null ? 'on' : 'failing', why: null, offAtMs: null, ...times };
}

/** In a few words. */
export function statusText(webhook: Webhook, nowMs: number): string {
  const { status, why, offAtMs, failingSinceMs, nextTryAtMs } = stateOf(webhook);
  if (status === 'new') return 'on, once rhema serve runs';
  if (status === 'off')
    return `off, ${relative(offAtMs ?? nowMs, nowMs)}: ${why === 'gone' ? 'the receiver is gone (410)' : 'nothing arrived for 3 days'}`;
  if (status === 'on') return 'on';
  const next = nextTryAtMs === null ? '' : `, next try ${relative(nextTryAtMs, nowMs)}`;
  return `failing, first ${relative(failingSinceMs ?? nowMs, nowMs)}${next}`;
}

export function listText(
  call: Call,
  style: Style,
  webhooks: readonly Webhook[],
  damaged: readonly string[],
): string {
  const { nowMs } = call;
  const rows = webhooks.map((webhook) => {
    const { name, url, on, scope } = webhook.record;
    return [name, url, on.join(' ') || 'all', scope, statusText(webhook, nowMs)];
  });
  const off = webhooks.filter((webhook) => stateOf(webhook).status === 'off');
  const notes = [
    ...(webhooks.length + damaged.length === 0
      ? [`there is no webhook yet: ${call.rhema('webhook', 'create', 'NAME', '--url', 'URL')}`]
      : []),
    ...off.map(({ record }) => `it goes on where it was by: ${call.rhema('webhook', 'enable', record.name)}`),
    ...damaged.map((path) => line`${path} is damaged, and calls nobody: remove it`),
  ];
  return [
    ...(rows.length === 0 ? [] : [table(style, ['NAME', 'URL', 'EVENTS', 'SCOPE', 'STATUS'], rows)]),
    ...notes.map((note) => fitted(style, note)),
  ].join('\n');
}

const problems: Readonly<Record<string, string>> = {
  TIMED_OUT: 'no answer within 15 s',
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  NO_ANSWER: 'no answer',
};

/** What came back, with the beginning of what was said. */
export function answerText({ status, problem, tookMs, text }: Answer): string {
  const said = text.trim().slice(0, 200);
  const what =
    status === null
      ? (problems[problem ?? ''] ?? problem ?? 'no answer')
      : `${status}${status >= 300 && status < 400 ? ' (redirects are not followed)' : ''}`;
  return `${what}, after ${tookMs} ms${said === '' ? '' : `: ${said}`}`;
}
