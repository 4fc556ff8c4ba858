import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultSettings, settingBounds, settingsProblems } from '../core/index.ts';
import {
  besideSettings,
  configEntries,
  configReference,
  defaultConfig,
  explainOption,
  isSetting,
  loadConfig,
  nearestOption,
  optionOf,
  options,
  settingsOf,
} from './index.ts';

describe('the table', () => {
  test('has every key of the proposal with the default it gives', () => {
    const defaults = Object.fromEntries(
      options.map(({ key, field }) => [key.replace('agent_coordination.', ''), defaultConfig[field]]),
    );
    expect(defaults).toMatchObject({
      enabled: true,
      max_concurrent_agents: 3,
      max_block_time: 300_000,
      lock_timeout: 60_000,
      'safety_validation.enabled': true,
      'safety_validation.strict_mode': false,
      'safety_validation.auto_recovery': true,
      'sync_settings.auto_sync': true,
      'sync_settings.dependency_checking': true,
      'sync_settings.conflict_resolution': 'manual',
    });
  });

  test('feeds each setting of the core from exactly one option, with its default and bounds', () => {
    const fields = options.map(({ field }) => field).filter(isSetting);
    expect(fields.toSorted()).toEqual(Object.keys(defaultSettings).toSorted());
    for (const option of options) {
      if (!isSetting(option.field)) continue;
      expect(option.default).toBe(defaultSettings[option.field]);
      if ('minimum' in option) expect([option.minimum, option.maximum]).toEqual(settingBounds[option.field]);
    }
  });

  test('gives defaults that are allowed, alone and together', () => {
    expect(settingsOf(defaultConfig)).toEqual(defaultSettings);
    expect(settingsProblems(settingsOf(defaultConfig))).toEqual([]);
    for (const option of options)
      if ('minimum' in option) {
        expect(option.default).toBeGreaterThanOrEqual(option.minimum);
        expect(option.default).toBeLessThanOrEqual(option.maximum);
      }
  });

  test('names each key and each field once', () => {
    expect(new Set(options.map(({ key }) => key)).size).toBe(options.length);
    expect(new Set(options.map(({ field }) => field)).size).toBe(options.length);
  });
});

describe('an option', () => {
  const sources = new URL('../../', import.meta.url);
  const sourceOf = (file: string): string => readFileSync(new URL(file, sources), 'utf8');

  test.each(options)(
    '$key is acted on where the table says, outside of the configuration itself',
    ({ field, readBy }) => {
      expect(readBy).not.toMatch(/^src\/config\//);
      expect(sourceOf(readBy)).toMatch(new RegExp(`\\b${field}\\b`));
    },
  );

  test('that is read by nothing in the sources is none', () => {
    const files = readdirSync(new URL('src', sources), { recursive: true, encoding: 'utf8' });
    const others = files.filter((file) => file.endsWith('.ts') && !/^config\/|\.test\.ts$/.test(file));
    const text = others.map((file) => sourceOf(`src/${file}`)).join('\n');
    const unread = options.filter(({ field }) => !new RegExp(`\\b${field}\\b`).test(text));
    expect(unread.map(({ key }) => key)).toEqual([]);
  });
});

describe('what people read', () => {
  test('docs/config.md is what the table generates', async () => {
    await expect(configReference()).toMatchFileSnapshot('../../docs/config.md');
  });

  test('an option is explained under its full and its short key', () => {
    expect(explainOption('lock_timeout')).toBe(explainOption('agent_coordination.lock_timeout'));
    expect(explainOption('lock_timeout')).toMatchInlineSnapshot(`
      "agent_coordination.lock_timeout

      Lease of a lock unless the caller asks for another. A heartbeat or a renewal renews it; without one the lock ends at the deadline and goes to the next waiter.

      type     duration (seconds, or 500ms, 90s, 5m, 1m40s, 2h, 7d)
      default  1m
      allowed  1ms to 1d
      set in   the rhema.yaml of the top folder:
                 agent_coordination:
                   lock_timeout: 1m"
    `);
    expect(explainOption('idle_exit')).toContain('RHEMA_IDLE_EXIT');
    expect(explainOption('sync_settings.dependency_checking')).toContain(
      '\n           agent_coordination:\n             sync_settings:\n               dependency_checking: true',
    );
    expect(explainOption('no_such_key')).toBeNull();
  });

  test('a misspelt key has a nearest one', () => {
    expect(nearestOption('lock_timeot')).toBe('agent_coordination.lock_timeout');
    expect(nearestOption('safety.strict_mode')).toBe('agent_coordination.safety_validation.strict_mode');
    expect(nearestOption('zzzzzzzz')).toBeNull();
  });

  test('the values in force are listed with their origin', async () => {
    const entries = configEntries(await loadConfig({ file: null, env: { RHEMA_IDLE_EXIT: '90' } }));
    expect(entries).toHaveLength(options.length);
    expect(entries).toContainEqual({
      key: 'agent_coordination.lock_timeout',
      value: 60_000,
      text: '1m',
      origin: 'default',
      inForce: true,
      stillInForce: null,
    });
    expect(entries).toContainEqual({
      key: 'agent_coordination.idle_exit',
      value: 90_000,
      text: '90s',
      origin: 'environment RHEMA_IDLE_EXIT',
      inForce: true,
      stillInForce: null,
    });
  });

  test('a value that the coordinator decides by is told beside another one of the file', async () => {
    const entries = configEntries(await loadConfig({ file: null, env: {} }));
    const settings = { ...defaultSettings, maxLocksPerAgent: 1 };
    const told = besideSettings(entries, settings).filter(({ stillInForce }) => stillInForce !== null);
    expect(told).toEqual([
      expect.objectContaining({
        key: 'agent_coordination.max_locks_per_agent',
        text: '4',
        inForce: false,
        stillInForce: '1',
      }),
    ]);
  });

  test('an unknown key has no option', () => {
    expect(optionOf('agent_coordination.nothing')).toBeNull();
  });
});
