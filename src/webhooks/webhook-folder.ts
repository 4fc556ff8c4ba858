import { randomBytes } from 'node:crypto';
import { jsonLine, replaceFile, replaceNote, SecretFolder } from '../files/index.ts';
import { newWebhookSecret } from './message.ts';
import { decodeState, decodeWebhook, type WebhookRecord } from './record.ts';
import type { WebhookState } from './state.ts';

export type WebhookWish = Pick<WebhookRecord, 'name' | 'url' | 'on' | 'scope' | 'createdAtMs' | 'from'>;

export interface Webhook {
  readonly record: WebhookRecord;
  /** Null before a server has begun with it. */
  readonly state: WebhookState | null;
}

/**
 * The webhooks of one repository: of each a file that only commands write, and one with how far it has come, that only the
 * server writes. So neither is ever in the other's way. Only their user can read them: the secrets are needed as they are.
 *
 * Throws `PathRefused` where the folder or a file is not this user's alone.
 */
export class WebhookFolder {
  readonly #files: SecretFolder;

  constructor(folder: string) {
    this.#files = new SecretFolder(folder);
  }

  create(wish: WebhookWish): WebhookRecord {
    const { name, url, on, scope, createdAtMs, from } = wish;
    const id = randomBytes(6).toString('hex');
    const secrets = [{ secret: newWebhookSecret(), untilMs: null }];
    const record = { id, name, url, on, scope, secrets, createdAtMs, turn: 0, from };
    this.#files.create(id, record);
    return record;
  }

  /** Of one that is there. */
  replace(record: WebhookRecord): void {
    replaceFile(this.#files.pathOf(record.id), jsonLine(record));
  }

  /** All that can be read, the oldest first; one that is damaged is named, and calls nobody. */
  list(): { readonly webhooks: readonly Webhook[]; readonly damaged: readonly string[] } {
    const webhooks: Webhook[] = [];
    const damaged: string[] = [];
    for (const id of this.#files.ids()) {
      const path = this.#files.pathOf(id);
      const record = this.#files.read(path, decodeWebhook);
      if (record?.id === id) webhooks.push({ record, state: this.stateOf(id) });
      else damaged.push(path);
    }
    return { webhooks: webhooks.sort((a, b) => a.record.createdAtMs - b.record.createdAtMs), damaged };
  }

  remove(id: string): void {
    this.#files.remove(this.#files.pathOf(id), this.#statePathOf(id));
  }

  /** Removes all, damaged ones as well. */
  clear(): void {
    for (const id of this.#files.ids()) this.remove(id);
  }

  /** Null where there is none, or a damaged one. */
  stateOf(id: string): WebhookState | null {
    return this.#files.read(this.#statePathOf(id), decodeState);
  }

  /**
   * It waits for no disk: the log's own process must not be held up. A state that is lost with the power makes the server tell
   * again what it has told, under the same ids. Of a webhook that is gone, none is kept.
   */
  keepState(id: string, state: WebhookState): void {
    if (this.#files.ids().includes(id)) replaceNote(this.#statePathOf(id), jsonLine(state));
  }

  #statePathOf(id: string): string {
    return this.#files.pathOf(id, '.state');
  }
}
