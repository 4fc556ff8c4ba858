import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialects, passes, readCall, type HookClient, type HookEvent } from '../../src/hooks/index.ts';

/** What real clients have sent; read beside the project where it is there. */
const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'hook-payloads');
const folders: Readonly<Record<string, HookClient>> = {
  'claude-code': 'claude',
  codex: 'codex',
  'gemini-cli': 'gemini',
  kimi: 'kimi',
};

interface Recorded {
  readonly client: HookClient;
  readonly name: string;
  readonly text: string;
}

const recorded: readonly Recorded[] = existsSync(folder)
  ? Object.entries(folders).flatMap(([place, client]) =>
      readdirSync(join(folder, place)).map((name) => ({
        client,
        name,
        text: readFileSync(join(folder, place, name), 'utf8'),
      })),
    )
  : [];

/** What is to be understood of each, where it is not nothing. */
const understood: Readonly<Record<string, readonly [HookEvent, string | null]>> = {
  'claude PreToolUse-Edit.json': ['beforeTool', 'edit'],
  'claude PreToolUse.json': ['beforeTool', 'shell'],
  'claude PostToolUse.json': ['afterTool', 'edit'],
  'claude SessionStart.json': ['sessionStart', null],
  'claude SessionEnd.json': ['sessionEnd', null],
  'claude Stop.json': ['stop', null],
  'claude UserPromptSubmit.json': ['prompt', null],
  'codex PreToolUse.json': ['beforeTool', 'edit'],
  'codex PostToolUse.json': ['afterTool', 'shell'],
  'codex SessionStart.json': ['sessionStart', null],
  'codex SessionEnd.json': ['sessionEnd', null],
  'codex Stop.json': ['stop', null],
  'codex UserPromptSubmit.json': ['prompt', null],
  'gemini BeforeTool.json': ['beforeTool', 'edit'],
  'gemini BeforeTool-shell.json': ['beforeTool', 'shell'],
  'gemini AfterTool.json': ['afterTool', 'edit'],
  'gemini AfterTool-shell.json': ['afterTool', 'shell'],
  'gemini BeforeAgent.json': ['prompt', null],
  'gemini AfterAgent.json': ['stop', null],
  'gemini SessionStart.json': ['sessionStart', null],
  'gemini SessionEnd.json': ['sessionEnd', null],
  'kimi PreToolUse-Write.json': ['beforeTool', 'edit'],
  'kimi PreToolUse-Bash.json': ['beforeTool', 'shell'],
  'kimi PostToolUse-Write.json': ['afterTool', 'edit'],
  'kimi PostToolUse-Bash.json': ['afterTool', 'shell'],
  'kimi PostToolUseFailure-Write.json': ['afterTool', 'edit'],
  'kimi PostToolUseFailure-Bash.json': ['afterTool', 'shell'],
  'kimi SessionStart.json': ['sessionStart', null],
  'kimi SessionHeartbeat.json': ['alive', null],
  'kimi UserPromptSubmit.json': ['prompt', null],
  'kimi Stop.json': ['stop', null],
  'kimi StopFailure.json': ['alive', null],
};

describe.skipIf(recorded.length === 0)('what clients have sent (skipped without ../shared/data)', () => {
  test.each(recorded)('$client $name', ({ client, name, text }) => {
    const read = readCall(dialects[client], text, null);
    const expected = understood[`${client} ${name}`];
    if (expected === undefined) return expect(read.kind).toBe('other');
    if (read.kind !== 'call') throw new Error(read.kind);
    expect([read.call.event, read.call.act?.kind ?? null]).toEqual(expected);
    expect(read.call.session).not.toBe('');
    expect(read.call.folder).toMatch(/^\//);
    return undefined;
  });

  const before = recorded.filter(({ name }) => /^(?:PreToolUse|BeforeTool)/.test(name));

  test.each(before)('$client $name, cut off anywhere, is refused', ({ client, text }) => {
    const whole = text.trimEnd();
    for (let length = 0; length < whole.length; length += 7) {
      const read = readCall(dialects[client], whole.slice(0, length), null);
      expect(read).toMatchObject({ kind: 'unreadable' });
      expect(['beforeTool', null]).toContain(read.kind === 'unreadable' ? read.before : 'read');
    }
  });

  test.each(before)(
    '$client $name without one of its fields is never taken for another act',
    ({ client, text }) => {
      const payload = JSON.parse(text) as Record<string, unknown>;
      const acts = new Set(['edit', 'shell', 'unclear']);
      for (const field of Object.keys(payload)) {
        const { [field]: _, ...rest } = payload;
        const read = readCall(dialects[client], JSON.stringify(rest), null);
        // Without its input, or its name, it is not known what the tool does; all else is not asked about.
        if (field === 'tool_name' || field === 'hook_event_name') expect(read.kind, field).toBe('unreadable');
        else expect(acts.has(read.kind === 'call' ? (read.call.act?.kind ?? '') : ''), field).toBe(true);
      }
    },
  );
});

const anyClient = fc.constantFrom(...(Object.keys(dialects) as HookClient[]));

test('any text is understood, or not, and never breaks the hook down', () => {
  fc.assert(
    fc.property(
      anyClient,
      fc.oneof(fc.string(), fc.json()),
      fc.option(fc.string(), { nil: null }),
      (client, text, name) => {
        const read = readCall(dialects[client], text, name);
        expect(['call', 'other', 'unreadable']).toContain(read.kind);
      },
    ),
  );
});

test('any payload with the names of an edit is an edit, an unclear one, or refused', () => {
  const event: Readonly<Partial<Record<HookClient, readonly [string, string]>>> = {
    claude: ['PreToolUse', 'Edit'],
    codex: ['PreToolUse', 'apply_patch'],
    gemini: ['BeforeTool', 'write_file'],
    cursor: ['preToolUse', 'Write'],
    vscode: ['PreToolUse', 'editFiles'],
    opencode: ['PreToolUse', 'edit'],
    kimi: ['PreToolUse', 'Write'],
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(event) as HookClient[])),
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (client, input, rest) => {
        const [hook_event_name, tool_name] = event[client] ?? ['', ''];
        const payload = { ...rest, hook_event_name, tool_name, tool_input: input };
        const read = readCall(dialects[client], JSON.stringify(payload), null);
        if (read.kind !== 'call') throw new Error(read.kind);
        expect(read.call.event).toBe('beforeTool');
        expect(['edit', 'read', 'unclear']).toContain(read.call.act?.kind);
      },
    ),
  );
});

describe('a refusal is one in the words of each client', () => {
  const reason = 'not now:\n  "bob" has it';
  const shown = (client: HookClient, name: string) => {
    const { stdout, stderr, exitCode } = dialects[client].print(
      { kind: 'refuse', reason },
      'beforeTool',
      name,
    );
    expect(stderr).toBe(`${reason}\n`);
    expect(exitCode).toBe(2);
    return JSON.parse(stdout) as unknown;
  };
  const claudes = {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  };

  test.each(['claude', 'codex', 'vscode', 'kimi'] as const)('%s', (client) => {
    expect(shown(client, 'PreToolUse')).toEqual(claudes);
  });

  test('gemini, cursor, opencode', () => {
    expect(shown('gemini', 'BeforeTool')).toEqual({ decision: 'deny', reason });
    expect(shown('cursor', 'preToolUse')).toEqual({
      permission: 'deny',
      user_message: reason,
      agent_message: reason,
    });
    expect(shown('opencode', 'PreToolUse')).toEqual({ decision: 'deny', reason });
  });

  test('copilot, by the case in which it names the event', () => {
    expect(shown('copilot', 'preToolUse')).toEqual({
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    });
    expect(shown('copilot', 'PreToolUse')).toEqual(claudes);
  });
});

describe('what passes', () => {
  const printed = (client: HookClient, event: HookEvent, name: string) =>
    dialects[client].print({ kind: 'pass', told: 'news', shown: 'seen' }, event, name);

  test('says nothing where there is nothing to say', () => {
    for (const client of Object.keys(dialects) as HookClient[])
      expect(dialects[client].print(passes, 'afterTool', 'PostToolUse'), client).toEqual({
        stdout: '',
        stderr: '',
        exitCode: 0,
      });
  });

  test('tells codex nothing that it does not know: it would let everything run', () => {
    const { stdout, stderr } = printed('codex', 'afterTool', 'PostToolUse');
    expect(JSON.parse(stdout)).toEqual({
      hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: 'news' },
    });
    expect(stderr).toBe('seen\n');
    expect(printed('codex', 'beforeTool', 'PreToolUse').stdout).toBe('');
  });

  test('tells its user through the field that claude and gemini have for that', () => {
    expect(JSON.parse(printed('claude', 'beforeTool', 'PreToolUse').stdout)).toEqual({
      systemMessage: 'seen',
    });
    expect(JSON.parse(printed('gemini', 'prompt', 'BeforeAgent').stdout)).toEqual({
      hookSpecificOutput: { hookEventName: 'BeforeAgent', additionalContext: 'news' },
      systemMessage: 'seen',
    });
  });
});

test('an agent that is to go on is told why, in the words of its client', () => {
  const printed = (client: HookClient) =>
    JSON.parse(dialects[client].print({ kind: 'goOn', reason: 'wanted' }, 'stop', 'Stop').stdout) as unknown;
  expect(printed('claude')).toEqual({ decision: 'block', reason: 'wanted' });
  expect(printed('gemini')).toEqual({ decision: 'deny', reason: 'wanted' });
  expect(printed('cursor')).toEqual({ followup_message: 'wanted' });
});
