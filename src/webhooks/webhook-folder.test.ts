import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { asRevision } from '../core/index.ts';
import { beginningAt, type WebhookState } from './state.ts';
import { WebhookFolder } from './webhook-folder.ts';

const url = 'https://example.org/hook?key=hidden';
const wish = { name: 'chat', url, on: [], scope: null, createdAtMs: 1, from: asRevision(4) };
const start = (revision: number): WebhookState => beginningAt(0, asRevision(revision));
let location: string;
let folder: WebhookFolder;

beforeEach(() => {
  location = join(folderOfTest('rhema-webhooks-'), 'webhooks');
  folder = new WebhookFolder(location);
});

it('keeps each in files that only their user can read, and forgets all of one', () => {
  const made = folder.create(wish);
  folder.keepState(made.id, start(9));
  expect(readdirSync(location).sort()).toEqual([`${made.id}.json`, `${made.id}.state.json`]);
  for (const name of readdirSync(location)) expect(statSync(join(location, name)).mode & 0o777).toBe(0o600);
  expect(statSync(location).mode & 0o777).toBe(0o700);
  expect(new WebhookFolder(location).list()).toEqual({
    webhooks: [{ record: made, state: start(9) }],
    damaged: [],
  });
  folder.remove(made.id);
  folder.keepState(made.id, start(10));
  expect(readdirSync(location)).toEqual([]);
});

it.each([
  ['cut short', (text: string) => text.slice(0, 30)],
  ['empty', () => ''],
  ['of another', (text: string) => text.replace(/"id":"[^"]+"/, '"id":"000000000000"')],
  ['with a secret that is none', (text: string) => text.replace('whsec_', 'whsec_!')],
  ['with an event that there is not', (text: string) => text.replace('"on":[]', '"on":["lock.stolen"]')],
  ['with an address that is none', (text: string) => text.replace('https://', '')],
  ['without a place', (text: string) => text.replace('"from":4', '"from":null')],
])('a record that is damaged is named, and calls nobody: %s', (_title, damage) => {
  const { id } = folder.create(wish);
  const path = join(location, `${id}.json`);
  writeFileSync(path, damage(readFileSync(path, 'utf8')));
  expect(folder.list()).toEqual({ webhooks: [], damaged: [path] });
});

it('a state that is damaged counts as none', () => {
  const { id } = folder.create(wish);
  writeFileSync(join(location, `${id}.state.json`), '', { mode: 0o600 });
  expect(folder.list().webhooks[0]?.state).toBeNull();
});
