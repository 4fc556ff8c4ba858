import { isDelivered, type Webhook, type WebhookRecord } from '../../webhooks/index.ts';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { table } from '../format/table.ts';
import { line } from '../format/text.ts';
import { clockTime, relative } from '../format/time.ts';
import { repositoryHere } from './token.ts';
import { choiceOf, urlOf, webhookName } from './webhook-wish.ts';
import { answerText, listText, shownWebhook, stateOf } from './webhook-text.ts';

export interface CreateInput {
  readonly name: string;
  readonly url: string;
  readonly on?: readonly string[];
  readonly scope?: string;
  readonly insecure?: boolean;
}

/** So many are kept: each reads the log for itself. */
const webhooksMax = 32;

/** Makes a webhook, and shows its secret this once. */
export async function webhookCreate(call: Call, input: CreateInput): Promise<Outcome> {
  const name = webhookName(input.name);
  const url = urlOf(input.url, input.insecure ?? false);
  const repository = await repositoryHere(call);
  const { webhooks } = await call.world.webhooks.list(repository);
  if (webhooks.some(({ record }) => record.name === name))
    throw refusal(
      'WEBHOOK_EXISTS',
      `there is a webhook ${name} already: choose another name, or ${call.rhema('webhook', 'delete', name)} first`,
    );
  if (webhooks.length >= webhooksMax)
    throw refusal(
      'WEBHOOK_LIMIT_REACHED',
      `there are ${webhooksMax} webhooks already, which is all there may be`,
    );
  const choice = await choiceOf(call, input);
  const from = await nextRevision(call);
  const wish = { name, url, ...choice, createdAtMs: call.nowMs, from };
  const record = await call.world.webhooks.create(repository, wish);
  await noteUnknown(call, record);
  return withSecret(call, record, 'It tells what happens from now on, while rhema serve runs.');
}

/** It may come to be one: that is said, and no reason to refuse. */
async function noteUnknown(call: Call, { name, scope }: WebhookRecord): Promise<void> {
  if (scope === null) return;
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes' });
  if (scopes.some(({ path }) => path === scope || path.startsWith(`${scope}/`))) return;
  call.note(
    line`no scope ${scope} is known yet: ${name} tells nothing until there is one (rhema scope list)`,
  );
}

const refusal = (code: 'WEBHOOK_EXISTS' | 'WEBHOOK_LIMIT_REACHED', message: string): CommandError =>
  new CommandError(code, exitCodes.refused, message);

/** What has happened already is not told. */
async function nextRevision(call: Call): Promise<WebhookRecord['from']> {
  const { revision } = await (await call.coordinator()).query({ kind: 'health' });
  return (revision + 1) as WebhookRecord['from'];
}

function withSecret(call: Call, record: WebhookRecord, more: string): Outcome {
  const secret = record.secrets[0]?.secret ?? '';
  // Or it would be nobody's.
  if (call.quiet && !call.json) call.print(secret);
  return done(null, { secret, ...shownWebhook(record) }, () =>
    [
      secret,
      '',
      'It is not shown again. The receiver checks by it that a call comes from here.',
      more,
      `  ${call.rhema('webhook', 'test', record.name)}`,
    ].join('\n'),
  );
}

/** All of them, without what is secret, and how they stand. */
export async function webhookList(call: Call): Promise<Outcome> {
  const { webhooks, damaged } = await call.world.webhooks.list(await repositoryHere(call));
  const shown = webhooks.map((webhook) => ({ ...shownWebhook(webhook.record), ...stateOf(webhook) }));
  return done(null, { webhooks: shown, damaged }, (style) => listText(call, style, webhooks, damaged));
}

export interface NamedInput {
  readonly webhook: string;
}

async function named(call: Call, { webhook: name }: NamedInput): Promise<Webhook> {
  const { webhooks } = await call.world.webhooks.list(await repositoryHere(call));
  const found = webhooks.find(({ record }) => record.name === name || record.id === name);
  if (found !== undefined) return found;
  throw new CommandError(
    'WEBHOOK_NOT_FOUND',
    exitCodes.failure,
    `there is no webhook ${JSON.stringify(name)}: ${call.rhema('webhook', 'list')} names those that there are`,
  );
}

export async function webhookDelete(call: Call, input: NamedInput): Promise<Outcome> {
  const { record } = await named(call, input);
  await call.world.webhooks.remove(await repositoryHere(call), record.id);
  return done(null, { deleted: shownWebhook(record) }, () => line`${record.name} tells nobody any more`);
}

/** Sends one event that stands for none, from here, and shows what came back. */
export async function webhookTest(call: Call, input: NamedInput): Promise<Outcome> {
  const { record } = await named(call, input);
  const answer = await call.world.webhooks.test(record);
  const told = answerText(answer);
  const { status, problem, tookMs } = answer;
  if (!isDelivered(answer))
    throw new CommandError(
      'WEBHOOK_NOT_DELIVERED',
      exitCodes.failure,
      `${record.name} did not take the test: ${told}`,
      { status, problem, tookMs },
    );
  return done(
    null,
    { webhook: record.name, status, tookMs },
    () => line`${record.name} took the test: ${told}`,
  );
}

/** The latest, the newest first. */
export async function webhookDeliveries(call: Call, input: NamedInput): Promise<Outcome> {
  const webhook = await named(call, input);
  const deliveries = (webhook.state?.deliveries ?? []).toReversed();
  const { nowMs } = call;
  const heads = ['ID', 'EVENT', 'REVISION', 'TRIES', 'LAST TRY', 'ANSWER', 'NEXT TRY'];
  const next = webhook.state?.nextTryAtMs ?? null;
  const rows = deliveries.map((one, index) => [
    one.id,
    one.type,
    one.revision,
    one.tries,
    clockTime(one.triedAtMs, nowMs),
    `${one.status ?? one.problem ?? 'none'}, ${one.tookMs} ms`,
    index === 0 && next !== null ? relative(next, nowMs) : null,
  ]);
  const data = { ...stateOf(webhook), webhook: webhook.record.name, deliveries };
  return done(null, data, (style) =>
    rows.length === 0 ? line`${webhook.record.name} has told nothing yet` : table(style, heads, rows),
  );
}

export interface EnableInput extends NamedInput {
  readonly fromNow?: boolean;
}

/** Goes on with what was not told, however long it was off. */
export async function webhookEnable(call: Call, input: EnableInput): Promise<Outcome> {
  const { record } = await named(call, input);
  const from = input.fromNow === true ? await nextRevision(call) : record.from;
  const changed = { ...record, turn: record.turn + 1, from };
  await call.world.webhooks.replace(await repositoryHere(call), changed);
  const told = input.fromNow === true ? 'with what happens from now on' : 'where it was';
  return done(null, { enabled: shownWebhook(changed) }, () => line`${record.name} goes on ${told}`);
}

/** How long a secret goes on signing once there is a newer one, so that the receiver can be given that meanwhile. */
const overlapMs = 86_400_000;
/** Each call has a signature of each. */
const secretsMax = 5;

export async function webhookRotate(call: Call, input: NamedInput): Promise<Outcome> {
  const { record } = await named(call, input);
  const { newWebhookSecret } = await import('../../webhooks/index.ts');
  const { nowMs } = call;
  const before = record.secrets
    .map(({ secret, untilMs }) => ({ secret, untilMs: untilMs ?? nowMs + overlapMs }))
    .filter(({ untilMs }) => untilMs > nowMs);
  if (before.length >= secretsMax)
    throw refusal(
      'WEBHOOK_LIMIT_REACHED',
      `${secretsMax} secrets of ${record.name} sign still, which is all there may be; the oldest does until ${clockTime(before.at(-1)?.untilMs ?? nowMs, nowMs)}`,
    );
  const changed = { ...record, secrets: [{ secret: newWebhookSecret(), untilMs: null }, ...before] };
  await call.world.webhooks.replace(await repositoryHere(call), changed);
  return withSecret(call, changed, 'The one before signs as well for 24 hours more.');
}
