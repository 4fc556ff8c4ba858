import { expect, it } from 'vitest';
import { dialects, hookTool, readCall, readToolCall } from '../index.ts';
import { filledInput, isToolHandler, toolHandler } from './tool-handler.ts';

it('the handler names what is looked at, and no more; before a tool nothing is done where it has no answer', () => {
  expect(JSON.stringify(toolHandler('claude', 'PreToolUse'))).toMatchInlineSnapshot(
    `"{"type":"mcp_tool","server":"rhema","tool":"client_hook","input":{"client":"claude","hook_event_name":"\${hook_event_name}","session_id":"\${session_id}","agent_id":"\${agent_id}","cwd":"\${cwd}","tool_name":"\${tool_name}","tool_use_id":"\${tool_use_id}","tool_input":{"file_path":"\${tool_input.file_path}","notebook_path":"\${tool_input.notebook_path}","command":"\${tool_input.command}"}},"timeout":30,"onFailure":"block"}"`,
  );
  expect(toolHandler('claude', 'PostToolUse')).not.toHaveProperty('onFailure');
  expect(isToolHandler({ type: 'mcp_tool', server: 'theirs', tool: hookTool })).toBe(false);
});

const common = { session_id: 's', cwd: '/repo', tool_use_id: 'u' };
const joined = [
  { type: 'text', text: 'JOINED.\nYou are ann. Pass agent: "ann.1"' },
  { type: 'text', text: '' },
];

it.each([
  ['PreToolUse', 'Edit', { tool_input: { file_path: '/repo/a', old_string: 'x', new_string: 'y' } }],
  ['PreToolUse', 'Write', { agent_id: 'sub', tool_input: { file_path: 'a', content: '${session_id}' } }],
  ['PreToolUse', 'NotebookEdit', { tool_input: { notebook_path: 'n.ipynb', new_source: 'x' } }],
  ['PreToolUse', 'Bash', { tool_input: { command: 'cat > a <<E\n$& "x" ${tool_name}\nE', timeout: 5 } }],
  ['PreToolUse', 'Bash', { tool_input: {} }],
  ['PreToolUse', 'Edit', { tool_input: {} }],
  ['PreToolUse', 'Read', { tool_input: { file_path: 'a', limit: 3 } }],
  ['PostToolUse', 'Edit', { tool_input: { file_path: 'a' }, tool_response: { originalFile: 'x' } }],
  ['PostToolUse', 'mcp__rhema__agent_join', { tool_input: { agent: 'ann' }, tool_response: joined }],
])('what it sends at %s of %s is understood as the payload of a command is: %j', (event, tool, over) => {
  const payload = { ...common, hook_event_name: event, tool_name: tool, ...over };
  const asked = readToolCall(filledInput(toolHandler('claude', event), payload));
  const read = (text: string) => readCall(dialects.claude, text, null);
  expect(read(asked?.payload ?? '')).toEqual(read(JSON.stringify(payload)));
});

it('who does not say which client asks is not understood', () => {
  for (const args of [undefined, null, 'claude', {}, { client: 'nobody' }])
    expect(readToolCall(args), JSON.stringify(args)).toBeNull();
});
