import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { settingsProblems } from '../core/index.ts';
import {
  configEntries,
  defaultConfig,
  loadConfig,
  options,
  settingsOf,
  withoutBlock,
  type LoadedConfig,
} from './index.ts';

function load(text: string, env: Record<string, string> = {}): Promise<LoadedConfig> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  return loadConfig({ file: { path: 'rhema.yaml', document, lineCounter }, env });
}

const problemsOf = ({ problems }: LoadedConfig): string[] =>
  problems.map(({ code, file, line, column }) => `${code} ${file ?? '-'}:${line ?? '-'}:${column ?? '-'}`);

const proposal = `name: root
agent_coordination:
  enabled: true
  max_concurrent_agents: 5
  max_block_time: 300  # seconds
  lock_timeout: 90s
  safety_validation:
    strict_mode: true
  sync_settings:
    conflict_resolution: "manual"
`;

describe('a sound block', () => {
  test('overrides the defaults, and the rest keeps them', async () => {
    const { config, problems } = await load(proposal);
    expect(problems).toEqual([]);
    expect(config).toEqual({ ...defaultConfig, maxConcurrentAgents: 5, lockTtlMs: 90_000, strictMode: true });
  });

  test('records where each value came from', async () => {
    const loaded = await load(proposal);
    const origins = Object.fromEntries(configEntries(loaded).map(({ key, origin }) => [key, origin]));
    expect(origins).toMatchObject({
      'agent_coordination.lock_timeout': 'rhema.yaml:6',
      'agent_coordination.safety_validation.strict_mode': 'rhema.yaml:8',
      'agent_coordination.session_timeout': 'default',
    });
  });

  test.each([
    ['agent_coordination:', 'an empty block'],
    ['agent_coordination: {}', 'another'],
    ['agent_coordination:\n  safety_validation:\n', 'an empty section'],
  ])('%j (%s) gives the defaults', async (text) => {
    expect(await load(text)).toMatchObject({ config: defaultConfig, problems: [] });
  });

  test.each([
    ['', 'nothing'],
    ['- a list', 'not a map'],
    ['name: x', 'no block'],
  ])('%j (%s) gives those of whoever has said nothing', async (text) => {
    const config = { ...defaultConfig, maxLocksPerAgent: 4 };
    expect(await load(text)).toMatchObject({ config, problems: [] });
  });

  test('without a file these are in force, too', async () => {
    expect(await loadConfig({ file: null, env: {} })).toMatchObject({ config: withoutBlock, problems: [] });
  });

  test('a key of the block that stands at the top is warned of, and ignored', async () => {
    const loaded = await load(
      'name: x\nlock_timeout: 5m\nexclude: [a]\nagent_coordination: { idle_exit: 1h }\n',
    );
    expect(problemsOf(loaded)).toEqual(['CONFIG_MISPLACED_KEY rhema.yaml:2:1']);
    expect(loaded.problems[0]).toMatchObject({
      severity: 'warning',
      message: 'lock_timeout stands where nothing reads it: move it under agent_coordination',
    });
    expect(loaded.config).toEqual({ ...defaultConfig, idleExitMs: 3_600_000 });
  });

  const parts = options.map(({ key }) => key.split('.').slice(1));

  test.each(
    parts.filter((words) => words.some((word) => word.includes('_'))).map((words) => [words.join('.')]),
  )('%s is named with its place where it stands at the top, or under rhema:', async (path) => {
    const words = path.split('.');
    const name = words.at(-1)?.includes('_') === true ? (words.at(-1) ?? '') : (words[0] ?? '');
    const home = ['agent_coordination', ...words.slice(0, words.indexOf(name))].join('.');
    const message = `${name} stands where nothing reads it: move it under ${home}`;
    for (const text of [`name: x\n${name}: 1\n`, `name: x\nrhema:\n  ${name}: 1\n`])
      expect((await load(text)).problems).toMatchObject([{ code: 'CONFIG_MISPLACED_KEY', message }]);
  });

  test.each(parts.map((words) => [words.join('.')]))(
    '%s in a section that is not its own is refused with its place',
    async (path) => {
      const words = path.split('.');
      const name = words.at(-1) ?? '';
      const wrong = words[0] === 'sync_settings' ? 'safety_validation' : 'sync_settings';
      const { problems } = await load(`agent_coordination:\n  ${wrong}:\n    ${name}: 1\n`);
      const home = ['agent_coordination', ...words.slice(0, -1)].join('.');
      expect(problems).toMatchObject([{ code: 'CONFIG_UNKNOWN_KEY', severity: 'error' }]);
      expect(problems[0]?.message).toMatch(/^\w+ does not belong in agent_coordination\.\w+: move it under /);
      expect(problems[0]?.message.split(/ under | or /)).toContain(home);
    },
  );

  test('may lie under rhema: and use anchors', async () => {
    const text = 'x: &t 90\nrhema:\n  agent_coordination: &all\n    lock_timeout: *t\n';
    expect((await load(text)).config.lockTtlMs).toBe(90_000);
    expect((await load(`y: &b { lock_timeout: 90 }\nagent_coordination: *b\n`)).config.lockTtlMs).toBe(
      90_000,
    );
  });
});

describe('the environment', () => {
  test('overrides the file for the options that say so', async () => {
    const text = 'agent_coordination:\n  idle_exit: 60\n';
    expect((await load(text)).config.idleExitMs).toBe(60_000);
    expect((await load(text, { RHEMA_IDLE_EXIT: '2s' })).config.idleExitMs).toBe(2_000);
    expect((await load(text, { RHEMA_IDLE_EXIT: '' })).config.idleExitMs).toBe(60_000);
  });

  test.each(['soon', '9999d'])('is ignored where it is %s: what the file says is in force', async (wrong) => {
    const loaded = await load('agent_coordination:\n  idle_exit: 60\n', { RHEMA_IDLE_EXIT: wrong });
    expect(problemsOf(loaded)).toEqual(['CONFIG_VARIABLE_IGNORED -:-:-']);
    expect(loaded.problems[0]?.severity).toBe('warning');
    expect(loaded.problems[0]?.message).toContain('RHEMA_IDLE_EXIT');
    expect(loaded.config).toEqual({ ...defaultConfig, idleExitMs: 60_000 });
  });
});

describe('what is wrong is said with line, column and remedy', () => {
  test.each([
    ['lock_timeot: 5', 'CONFIG_UNKNOWN_KEY rhema.yaml:2:3', 'did you mean agent_coordination.lock_timeout?'],
    [
      'strict_mode: true',
      'CONFIG_UNKNOWN_KEY rhema.yaml:2:3',
      'move it under agent_coordination.safety_validation',
    ],
    [
      'strict_mod: true',
      'CONFIG_UNKNOWN_KEY rhema.yaml:2:3',
      'agent_coordination.safety_validation.strict_mode',
    ],
    ['zzz: 1', 'CONFIG_UNKNOWN_KEY rhema.yaml:2:3', 'config explain'],
    ['? [a]\n  : 1', 'CONFIG_UNKNOWN_KEY rhema.yaml:2:5', 'config explain'],
    [
      'sync_settings:\n    auto_snyc: true',
      'CONFIG_UNKNOWN_KEY rhema.yaml:3:5',
      'agent_coordination.sync_settings.auto_sync',
    ],
    ['enabled: yes', 'CONFIG_WRONG_TYPE rhema.yaml:2:12', 'true or false'],
    ['enabled:', 'CONFIG_WRONG_TYPE rhema.yaml:2:11', 'empty'],
    ['max_concurrent_agents: "3"', 'CONFIG_WRONG_TYPE rhema.yaml:2:26', 'whole number from 1 to 100000'],
    ['max_concurrent_agents: 2.5', 'CONFIG_WRONG_TYPE rhema.yaml:2:26', 'whole number'],
    ['max_concurrent_agents: .inf', 'CONFIG_WRONG_TYPE rhema.yaml:2:26', 'whole number'],
    ['max_concurrent_agents: 0', 'CONFIG_OUT_OF_BOUNDS rhema.yaml:2:26', '1 to 100000'],
    ['max_concurrent_agents: [3]', 'CONFIG_WRONG_TYPE rhema.yaml:2:26', 'a list'],
    ['lock_timeout: 5 minutes', 'CONFIG_WRONG_TYPE rhema.yaml:2:17', '500ms, 90s, 5m'],
    ['lock_timeout: -5', 'CONFIG_WRONG_TYPE rhema.yaml:2:17', '500ms, 90s, 5m'],
    ['lock_timeout: .nan', 'CONFIG_WRONG_TYPE rhema.yaml:2:17', '500ms, 90s, 5m'],
    ['lock_timeout: 0', 'CONFIG_OUT_OF_BOUNDS rhema.yaml:2:17', '1ms to 1d'],
    ['lock_timeout: 2d', 'CONFIG_OUT_OF_BOUNDS rhema.yaml:2:17', '1ms to 1d'],
    ['lock_timeout: { a: 1 }', 'CONFIG_WRONG_TYPE rhema.yaml:2:17', 'a map'],
    ['safety_validation: true', 'CONFIG_NOT_A_MAP rhema.yaml:2:22', 'enabled: true'],
    ['sync_settings:\n    conflict_resolution: auto', 'CONFIG_WRONG_TYPE rhema.yaml:3:26', 'write manual'],
    ['lock_timeout: 2h', 'CONFIG_INCONSISTENT rhema.yaml:2:17', 'lock_timeout_max (1h)'],
    ['lock_timeout_max: 30', 'CONFIG_INCONSISTENT rhema.yaml:2:21', 'lock_timeout (1m)'],
  ])('%j', async (line, position, remedy) => {
    const loaded = await load(`agent_coordination:\n  ${line}\n`);
    expect(problemsOf(loaded)).toEqual([position]);
    expect(loaded.problems[0]?.message).toContain(remedy);
    expect(loaded.config).toEqual(defaultConfig);
  });

  test('a block that is no map', async () => {
    expect(problemsOf(await load('name: a\nagent_coordination: on\n'))).toEqual([
      'CONFIG_NOT_A_MAP rhema.yaml:2:21',
    ]);
  });

  test('all of it at once, and what is right counts', async () => {
    const text = 'agent_coordination:\n  enabled: 1\n  lock_timeout: 5\n  nonsense: 2\n';
    const loaded = await load(text);
    expect(problemsOf(loaded)).toEqual([
      'CONFIG_WRONG_TYPE rhema.yaml:2:12',
      'CONFIG_UNKNOWN_KEY rhema.yaml:4:3',
    ]);
    expect(loaded.config.lockTtlMs).toBe(5_000);
  });
});

test('whatever the block holds, the result is complete and the core accepts it', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '5m',
      '-1',
      '2h',
      '8d',
      'true',
      '~',
      '[1]',
      '{}',
      '"x"',
      '.nan',
      '1e99',
      '!!binary x',
    ),
    fc.integer().map(String),
  );
  const keys = fc.constantFrom(
    'lock_timeout',
    'lock_timeout_max',
    'max_retries',
    'enabled',
    'session_timeout',
    'safety_validation',
    'sync_settings',
    'x',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(keys, value), { maxLength: 8 }), async (entries) => {
      const lines = entries.map(([key, text]) => `  ${key}: ${text}\n`).join('');
      const { config } = await load(`agent_coordination:\n${lines}`);
      expect(Object.keys(config).toSorted()).toEqual(Object.keys(defaultConfig).toSorted());
      expect(settingsProblems(settingsOf(config))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

describe('resources', () => {
  const declared = (text: string) => load(`agent_coordination:\n  resources: ${text}\n`);

  test('are declared with their @ or without', async () => {
    expect(await declared('{ deploy: {}, "@port": { capacity: 3 }, git: {} }')).toMatchObject({
      config: { resources: { '@git': 1, '@deploy': 1, '@port': 3 } },
      problems: [],
    });
  });

  test.each([
    [
      '{ deploy: {}, "@deploy": { capacity: 3 } }',
      'CONFIG_WRONG_TYPE',
      '"deploy" and "@deploy" are the same in RHEMA_SLOT_DEPLOY',
    ],
    ['{ a-b: {}, a.b: {} }', 'CONFIG_WRONG_TYPE', '"a-b" and "a.b" are the same in RHEMA_SLOT_A_B'],
    ['{ git: { capacity: 2 } }', 'CONFIG_WRONG_TYPE', '@git has one slot'],
    ['{ deploy: { capacity: 0 } }', 'CONFIG_OUT_OF_BOUNDS', 'the capacity of @deploy is 0: write 1 to '],
  ])('%s is refused', async (text, code, message) => {
    const { problems } = await declared(text);
    expect(problems).toMatchObject([{ code, message: expect.stringContaining(message) as string }]);
  });
});
