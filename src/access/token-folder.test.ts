import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { TokenFolder, type CreatedToken, type TokenWish } from './token-folder.ts';

const nowMs = Date.UTC(2026, 10, 22, 14, 5, 0);
const wish: TokenWish = {
  name: 'ci',
  role: 'agent',
  agents: ['ci-*', 'bot'],
  createdAtMs: nowMs,
  expiresAtMs: nowMs + 1_000,
};

let [parent, location] = ['', ''];
let folder: TokenFolder;
beforeEach(() => {
  parent = folderOfTest('rhema-tokens-');
  location = join(parent, 'tokens');
  folder = new TokenFolder(location);
});

const fileOf = ({ record }: CreatedToken): string => join(location, `${record.id}.json`);

/** Puts something else in the place of a part of a record. */
function alter(created: CreatedToken, change: Readonly<Record<string, unknown>>): void {
  const record = JSON.parse(readFileSync(fileOf(created), 'utf8')) as Record<string, unknown>;
  writeFileSync(fileOf(created), JSON.stringify({ ...record, ...change }));
}

describe('a token', () => {
  it('lets in whoever it was made for, and is listed', () => {
    const { record, token } = folder.create(wish);
    expect(record).toEqual({ id: token.slice(6, 18), ...wish, digest: record.digest });
    expect(folder.admit(token, nowMs)).toEqual(record);
    expect(new TokenFolder(location).list()).toEqual({ records: [record], damaged: [] });
  });

  it('is not kept: of it there is only a digest, in a file and a folder that only its user can read', () => {
    const created = folder.create(wish);
    const text = readFileSync(fileOf(created), 'utf8');
    expect(text).not.toContain(created.token.slice(19, 40));
    expect(JSON.parse(text)).toEqual(created.record);
    expect(statSync(fileOf(created)).mode & 0o777).toBe(0o600);
    expect(statSync(location).mode & 0o777).toBe(0o700);
    expect(readdirSync(location)).toHaveLength(1);
  });

  it('lets nobody in from when it has expired', () => {
    const { token } = folder.create(wish);
    expect(folder.admit(token, nowMs + 999)).toMatchObject({ name: 'ci' });
    expect(folder.admit(token, nowMs + 1_000)).toBe('expired');
    const { token: lasting } = folder.create({ ...wish, expiresAtMs: null });
    expect(folder.admit(lasting, Number.MAX_SAFE_INTEGER)).toMatchObject({ expiresAtMs: null });
  });

  it('lets nobody in once it is revoked, and can be revoked once', () => {
    const one = folder.create(wish);
    const other = folder.create(wish);
    expect(folder.revoke(one.record.id)).toBe(true);
    expect(folder.admit(one.token, nowMs)).toBe('unknown');
    expect(folder.admit(other.token, nowMs)).toEqual(other.record);
    expect(folder.revoke(one.record.id)).toBe(false);
    expect(folder.list().records).toEqual([other.record]);
  });

  it('lets nobody in by its id alone', () => {
    const [one, other] = [folder.create(wish), folder.create(wish)];
    renameSync(fileOf(other), fileOf(one));
    expect(folder.admit(one.token, nowMs)).toBe('unknown');
    // Its checksum is right, and so is the id: only the secret is another's.
    alter(one, { id: one.record.id });
    expect(folder.admit(one.token, nowMs)).toBe('unknown');
    expect(folder.admit(other.token, nowMs)).toBe('unknown');
  });

  it('has a text, and what has none lets nobody in', () => {
    folder.create(wish);
    expect(folder.admit('', nowMs)).toBe('unknown');
    expect(folder.admit(`rhema_${'0'.repeat(12)}_${'0'.repeat(72)}`, nowMs)).toBe('unknown');
  });
});

it('lists the oldest first', () => {
  for (const [name, createdAtMs] of [
    ['second', 2],
    ['third', 3],
    ['first', 1],
  ] as const)
    folder.create({ ...wish, name, createdAtMs });
  expect(folder.list().records.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
});

it('has none before the first was made, and makes no folder to say so', () => {
  expect(folder.list()).toEqual({ records: [], damaged: [] });
  expect(folder.revoke('0123456789ab')).toBe(false);
  expect(folder.admit(new TokenFolder(join(parent, 'other')).create(wish).token, nowMs)).toBe('unknown');
  expect(readdirSync(parent)).toEqual(['other']);
});

it('two that are made by two, each on its own, are both there', () => {
  const [one, other] = [folder.create(wish), new TokenFolder(location).create(wish)];
  expect(folder.admit(one.token, nowMs)).toEqual(one.record);
  expect(folder.admit(other.token, nowMs)).toEqual(other.record);
});

it('an id leads to no file outside', () => {
  writeFileSync(join(parent, 'config.json'), '{}');
  mkdirSync(location, { mode: 0o700 });
  expect(folder.revoke('../config')).toBe(false);
  expect(readdirSync(parent)).toContain('config.json');
});

describe('a file that is damaged is named, and lets nobody in', () => {
  it.each([
    ['no JSON', () => '{'],
    ['no object', () => 'null'],
    ['a number', () => '7'],
    ['a list', () => '[]'],
    ['cut short', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
  ])('%s', (_title, damage) => {
    const sound = folder.create(wish);
    const created = folder.create(wish);
    writeFileSync(fileOf(created), damage(readFileSync(fileOf(created), 'utf8')));
    expect(folder.list()).toEqual({ records: [sound.record], damaged: [fileOf(created)] });
    expect(folder.admit(created.token, nowMs)).toBe('unknown');
    expect(folder.revoke(created.record.id)).toBe(true);
    expect(folder.list().damaged).toEqual([]);
  });

  it.each([
    ['the id of another', { id: '000000000000' }],
    ['no id', { id: undefined }],
    ['a role that there is not', { role: 'root' }],
    ['no name', { name: 7 }],
    ['no names of agents', { agents: 'ci-*' }],
    ['something else among them', { agents: ['ci-*', 7] }],
    ['no digest', { digest: undefined }],
    ['half a digest', { digest: 'abc' }],
    ['no time at which it was made', { createdAtMs: 'today' }],
    ['no word of when it expires', { expiresAtMs: undefined }],
    ['a text for when it expires', { expiresAtMs: 'never' }],
  ])('with %s', (_title, change) => {
    const created = folder.create(wish);
    alter(created, change);
    expect(folder.list()).toEqual({ records: [], damaged: [fileOf(created)] });
    expect(folder.admit(created.token, nowMs)).toBe('unknown');
  });
});

it('what has another name in the folder is none of the tokens', () => {
  const { record } = folder.create(wish);
  for (const name of ['.json', 'notes.json', `${record.id}.json~`, `${record.id.toUpperCase()}A.json`])
    writeFileSync(join(location, name), '{}');
  expect(folder.list()).toEqual({ records: [record], damaged: [] });
});

describe('refused is', () => {
  it('a file that others can read: whoever has seen it may have changed it, too', () => {
    const created = folder.create(wish);
    chmodSync(fileOf(created), 0o640);
    const refusal = `${fileOf(created)} can be read by others`;
    expect(() => folder.admit(created.token, nowMs)).toThrow(refusal);
    expect(() => folder.list()).toThrow(refusal);
  });

  it('a folder to which others can write', () => {
    const created = folder.create(wish);
    chmodSync(location, 0o770);
    const refusal = `${location} can be written by others`;
    expect(() => folder.admit(created.token, nowMs)).toThrow(refusal);
    expect(() => folder.list()).toThrow(refusal);
    expect(() => folder.create(wish)).toThrow(refusal);
    expect(() => folder.revoke(created.record.id)).toThrow(refusal);
  });

  it('a folder that is a symbolic link', () => {
    const created = folder.create(wish);
    renameSync(location, join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), location);
    const refusal = `${location} is a symbolic link`;
    expect(() => folder.admit(created.token, nowMs)).toThrow(refusal);
    expect(() => folder.list()).toThrow(refusal);
    expect(() => folder.create(wish)).toThrow(refusal);
    expect(() => folder.revoke(created.record.id)).toThrow(refusal);
    expect(readdirSync(join(parent, 'elsewhere'))).toEqual([`${created.record.id}.json`]);
  });

  it('a file that is a symbolic link', () => {
    const created = folder.create(wish);
    renameSync(fileOf(created), join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), fileOf(created));
    expect(() => folder.admit(created.token, nowMs)).toThrow('symbolic link');
  });
});
