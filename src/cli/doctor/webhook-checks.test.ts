import { expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import type { Webhook, WebhookState } from '../../webhooks/index.ts';
import { checkWebhooks } from './webhook-checks.ts';

const nowMs = 1_700_000_000_000;

function webhook(name: string, over: Partial<WebhookState> | null): Webhook {
  const record = { name, turn: 0, from: asRevision(8) } as Webhook['record'];
  if (over === null) return { record, state: null };
  const next = { revision: asRevision(12), event: 0 };
  const state = { turn: 0, next, off: null, failingSinceMs: null, nextTryAtMs: null, deliveries: [] };
  return { record, state: { ...state, ...over } };
}

const found = (webhooks: readonly Webhook[], damaged: readonly string[] = []): unknown =>
  checkWebhooks({ webhooks: { known: true, value: { webhooks, damaged } } }, { nowMs }).map(
    ({ level, subject, message, remedy }) => [level, subject, message, remedy],
  );

it('says nothing where there is none', () => {
  expect(found([])).toEqual([]);
});

it('says which arrive, which do not, and what to do', () => {
  const webhooks = [
    webhook('chat', {}),
    webhook('fresh', null),
    webhook('pager', { failingSinceMs: nowMs - 60_000, nextTryAtMs: nowMs + 30_000 }),
    webhook('old', { off: { atMs: nowMs - 60_000, why: 'gone' } }),
  ];
  expect(found(webhooks, ['/home/ann/x.json'])).toEqual([
    ['ok', 'webhook chat', 'on', null],
    ['ok', 'webhook fresh', 'on, once rhema serve runs', null],
    [
      'warning',
      'webhook pager',
      'failing, first 1 min ago, next try in 30 s',
      'see what came back: rhema webhook deliveries pager',
    ],
    [
      'warning',
      'webhook old',
      'off, 1 min ago: the receiver is gone (410)',
      'once the receiver is mended: rhema webhook enable old',
    ],
    [
      'warning',
      'webhooks',
      '/home/ann/x.json is damaged, and calls nobody',
      'remove it, and create the webhook anew',
    ],
  ]);
});

it('says why it cannot know', () => {
  const webhooks = { known: false, problem: 'EACCES', code: 'EACCES' } as const;
  expect(checkWebhooks({ webhooks }, { nowMs })).toMatchObject([{ level: 'problem', message: 'EACCES' }]);
});
