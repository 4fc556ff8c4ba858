/** What earlier versions stored is read, and what was decided by them leads to the same state. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultSettings, encodeState, evolve, initialState, type Entry } from '../../src/core/index.ts';
import { decodeEntry, encodeEntry, type StoredEntry } from '../../src/store/codec.ts';
import { agentId, Machine } from '../support/machine.ts';

/** Settings of which the version that wrote format 2 knew nothing. */
const laterSettings = [
  'maxFilesPerAgent',
  'maxResourcesPerAgent',
  'resources',
  'deadGraceMs',
  'freePaths',
  'claimLevel',
  'maxUnreadMessages',
] as const;

/** A run in which nothing but whole scopes is locked, with a change of settings. */
function earlierRun(): Machine {
  const machine = new Machine();
  machine.define({ docs: [], web: ['docs'] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  machine.say({ kind: 'Configure', settings: { ...defaultSettings, maxLocksPerAgent: 2 } });
  machine.acquire('alice', ['docs', 'web']);
  machine.acquire('bob', 'docs', { wait: 'open' });
  machine.acquire('carol', 'web', { wait: 5_000 });
  machine.say({ kind: 'Heartbeat', agent: agentId('alice') });
  machine.define({ docs: [] });
  machine.advance(10_000);
  machine.leave('alice');
  return machine;
}

/** As format 2 had it: without the settings that it did not know. */
function asFormat2(entry: Entry): StoredEntry {
  const known = (settings: object): object =>
    Object.fromEntries(
      Object.entries(settings).filter(([name]) => !(laterSettings as readonly string[]).includes(name)),
    );
  const events = entry.events.map((event) =>
    event.kind === 'settings.changed' ? { ...event, settings: known(event.settings) } : event,
  );
  const body = JSON.stringify({ ...entry, events });
  return { revision: entry.revision, format: 2, checksum: crc32(body), body };
}

test('a log of format 2 leads to the state that a log of format 3 leads to', () => {
  const machine = earlierRun();
  const replayed = (stored: (entry: Entry) => StoredEntry): string => {
    const state = initialState();
    for (const entry of machine.log) evolve(state, decodeEntry(stored(entry)));
    return encodeState(state);
  };
  expect(machine.log.some((entry) => asFormat2(entry).body !== JSON.stringify(entry))).toBe(true);
  expect(replayed(asFormat2)).toBe(encodeState(machine.state));
  expect(replayed(encodeEntry)).toBe(encodeState(machine.state));
});

test('settings that were changed under format 2 have the later ones as they are by default', () => {
  const changed = earlierRun().log.find((entry) => entry.kind === 'Configure')!;
  const [event] = decodeEntry(asFormat2(changed)).events;
  expect(event).toEqual({ kind: 'settings.changed', settings: { ...defaultSettings, maxLocksPerAgent: 2 } });
});
