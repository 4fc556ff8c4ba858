/** Tells others of what comes into a log: configured by a person, signed, tried until it arrives. See docs/webhooks.md. */
export { type Tried } from './courier.ts';
export { Dispatch } from './dispatch.ts';
export { webhookKinds, type WebhookKind } from './kinds.ts';
export { newWebhookSecret, testMessage } from './message.ts';
export { secretsAt, type WebhookRecord } from './record.ts';
export { isDelivered, sendOver, type Answer } from './sending.ts';
export type { WebhookState } from './state.ts';
export { WebhookFolder, type Webhook, type WebhookWish } from './webhook-folder.ts';
