import { randomBytes } from 'node:crypto';
import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFile,
  isOwnFolder,
  makeOwnFolder,
  openToRead,
  refuseIfReadableByOthers,
  removeFile,
  replaceFile,
  replaceNote,
  textOf,
} from '../files/index.ts';
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
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(wish: WebhookWish): WebhookRecord {
    makeOwnFolder(this.#folder);
    const { name, url, on, scope, createdAtMs, from } = wish;
    const id = randomBytes(6).toString('hex');
    const secrets = [{ secret: newWebhookSecret(), untilMs: null }];
    const record = { id, name, url, on, scope, secrets, createdAtMs, turn: 0, from };
    createFile(this.#pathOf(id), textFor(record));
    return record;
  }

  /** Of one that is there. */
  replace(record: WebhookRecord): void {
    replaceFile(this.#pathOf(record.id), textFor(record));
  }

  /** All that can be read, the oldest first; one that is damaged is named, and calls nobody. */
  list(): { readonly webhooks: readonly Webhook[]; readonly damaged: readonly string[] } {
    const webhooks: Webhook[] = [];
    const damaged: string[] = [];
    for (const id of this.#ids()) {
      const record = this.#read(this.#pathOf(id), decodeWebhook);
      if (record?.id === id) webhooks.push({ record, state: this.stateOf(id) });
      else damaged.push(this.#pathOf(id));
    }
    return { webhooks: webhooks.sort((a, b) => a.record.createdAtMs - b.record.createdAtMs), damaged };
  }

  remove(id: string): void {
    for (const path of [this.#pathOf(id), this.#statePathOf(id)]) removeFile(path);
  }

  /** Removes all, damaged ones as well. */
  clear(): void {
    for (const id of this.#ids()) this.remove(id);
  }

  /** Null where there is none, or a damaged one. */
  stateOf(id: string): WebhookState | null {
    return this.#read(this.#statePathOf(id), decodeState);
  }

  /**
   * It waits for no disk: the log's own process must not be held up. A state that is lost with the power makes the server tell
   * again what it has told, under the same ids. Of a webhook that is gone, none is kept.
   */
  keepState(id: string, state: WebhookState): void {
    if (this.#ids().includes(id)) replaceNote(this.#statePathOf(id), textFor(state));
  }

  #ids(): readonly string[] {
    if (!isOwnFolder(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []);
  }

  #pathOf = (id: string): string => join(this.#folder, `${id}.json`);
  #statePathOf = (id: string): string => join(this.#folder, `${id}.state.json`);

  #read<T>(path: string, decode: (text: string) => T | null): T | null {
    if (!isOwnFolder(this.#folder)) return null;
    const file = openToRead(path);
    if (file === null) return null;
    try {
      refuseIfReadableByOthers(path, file);
      return decode(textOf(path, file));
    } finally {
      closeSync(file);
    }
  }
}

const textFor = (value: WebhookRecord | WebhookState): string => `${JSON.stringify(value)}\n`;
