import { describe, expect, test } from 'vitest';
import { actOf } from './tools.ts';

const act = (tool: string, input: unknown, result?: unknown): unknown => actOf(tool, input, result);

describe('an edit names its files', () => {
  test.each([
    ['Edit', { file_path: '/r/a.ts', old_string: 'x' }, ['/r/a.ts']],
    ['NotebookEdit', { notebook_path: '/r/n.ipynb' }, ['/r/n.ipynb']],
    ['MultiEdit', { file_path: 'a', edits: [{ old_string: 'x' }] }, ['a']],
    ['write_file', { file_path: 'a', content: '' }, ['a']],
    ['replace', { file_path: 'a' }, ['a']],
    ['Write', { path: '/r/a' }, ['/r/a']],
    ['StrReplaceFile', { path: 'a' }, ['a']],
    ['editFiles', { files: ['a', 'b'] }, ['a', 'b']],
    ['multi_replace_string_in_file', { replacements: [{ filePath: 'a' }, { filePath: 'b' }] }, ['a', 'b']],
    ['str_replace_editor', { command: 'create', path: 'a' }, ['a']],
    ['search_replace', { target_file: 'a' }, ['a']],
    [
      'apply_patch',
      { command: '*** Begin Patch\n*** Update File: a\n*** Move to: b\n*** End Patch' },
      ['a', 'b'],
    ],
    ['apply_patch', { input: '*** Add File: x y.ts\r\n+1\r\n*** Delete File: z' }, ['x y.ts', 'z']],
    ['apply_patch', '*** Begin Patch\n*** Add File: a\n+*** Update File: no\n', ['a']],
  ])('%s %j', (tool, input, paths) => {
    expect(act(tool, input)).toEqual({ kind: 'edit', paths });
  });
});

test.each([
  ['Read', { file_path: 'a' }, { kind: 'read', paths: ['a'] }],
  ['read_many_files', { paths: ['a', 'b'] }, { kind: 'read', paths: ['a', 'b'] }],
  ['str_replace_editor', { command: 'view', path: 'a' }, { kind: 'read', paths: ['a'] }],
  ['Bash', { command: 'ls' }, { kind: 'shell', command: 'ls', folder: null }],
  ['exec_command', { cmd: 'ls', workdir: '/r/x' }, { kind: 'shell', command: 'ls', folder: '/r/x' }],
  ['shell', { command: ['bash', '-lc', 'a > b'] }, { kind: 'shell', command: 'a > b', folder: null }],
  ['shell', { command: ['rm', "it's"] }, { kind: 'shell', command: "'rm' 'it'\\''s'", folder: null }],
  ['run_shell_command', { command: 'ls', directory: 'x' }, { kind: 'shell', command: 'ls', folder: 'x' }],
])('%s %j is %j', (tool, input, expected) => {
  expect(act(tool, input)).toEqual(expected);
});

test('an edit that names no file is not taken for one that does nothing', () => {
  for (const input of [{}, null, 'text', [], { file_path: '' }, { file_path: 7 }, { target: 'a' }])
    expect(act('Edit', input), JSON.stringify(input)).toEqual({ kind: 'unclear', tool: 'Edit' });
  expect(act('apply_patch', { command: 'nothing in it' })).toEqual({ kind: 'unclear', tool: 'apply_patch' });
  expect(act('Bash', { command: 7 })).toEqual({ kind: 'unclear', tool: 'Bash' });
  expect(act('shell', { command: ['a', 7] })).toEqual({ kind: 'unclear', tool: 'shell' });
});

test('whoever joins through rhema mcp is that agent, whatever its client wraps the answer in', () => {
  const text = 'JOINED as bob (epoch 3).\nYou are bob. Pass agent: "bob.4f" on each call.';
  const joins = { kind: 'join', agent: 'bob' };
  expect(act('mcp__rhema__agent_join', {}, { content: [{ type: 'text', text }] })).toEqual(joins);
  expect(act('mcp_rhema_agent_join', {}, text)).toEqual(joins);
  expect(act('mcp__rhema__agent_join', {})).toEqual({ kind: 'join', agent: null });
});

test('what is not known, and what others serve through MCP, is left alone', () => {
  for (const tool of ['WebFetch', 'mcp__files__write_file', 'Task', 'constructor', '', 'fs/write'])
    expect(act(tool, { file_path: 'a', path: 'b' })).toBeNull();
});
