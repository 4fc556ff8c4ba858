import { stateOf, statusText } from '../commands/webhook-text.ts';
import { line } from '../format/text.ts';
import type { Webhook } from '../../webhooks/index.ts';
import type { Facts, RepositoryFacts } from './facts.ts';
import { findingsFrom, ok, readRemedy, warning, type Finding } from './finding.ts';

/** Whether webhooks arrive, where there are any. */
export function checkWebhooks(
  { webhooks }: Pick<RepositoryFacts, 'webhooks'>,
  { nowMs }: Pick<Facts, 'nowMs'>,
): readonly Finding[] {
  return findingsFrom('webhooks', webhooks, readRemedy, (found) => [
    ...found.webhooks.map((webhook) => findingOf(webhook, nowMs)),
    ...found.damaged.map((path) =>
      warning(
        'webhooks',
        line`${path} is damaged, and calls nobody`,
        'remove it, and create the webhook anew',
      ),
    ),
  ]);
}

function findingOf(webhook: Webhook, nowMs: number): Finding {
  const { name } = webhook.record;
  const subject = `webhook ${name}`;
  const text = statusText(webhook, nowMs);
  switch (stateOf(webhook).status) {
    case 'off':
      return warning(subject, text, `once the receiver is mended: rhema webhook enable ${name}`);
    case 'failing':
      return warning(subject, text, `see what came back: rhema webhook deliveries ${name}`);
    case 'new':
    case 'on':
      return ok(subject, text);
  }
}
