import { describe, expect, it } from 'vitest';
import { openaiChat } from './openai-chat.ts';
import { act, call, say, type Move } from './script.ts';

/** As clients send it: with their tools, and what was said and done so far. */
const conversation = (tools: readonly string[], ...messages: readonly object[]): object => ({
  tools: tools.map((name) => ({ type: 'function', function: { name } })),
  messages: [{ role: 'system', content: 'you are' }, ...messages],
});
const toolCall = { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'bash' } }] };

describe('over the chat API', () => {
  const read = act({ kind: 'read', file: '/a.ts' });
  const edit = act({ kind: 'edit', file: '/a.ts', from: 'one', to: 'two' });

  it.each<[string, readonly string[], Move, string, object]>([
    ['Copilot CLI', ['view'], read, 'view', { path: '/a.ts' }],
    ['Copilot CLI', ['view'], edit, 'edit', { path: '/a.ts', old_str: 'one', new_str: 'two' }],
    ['opencode', ['read'], read, 'read', { filePath: '/a.ts' }],
    ['opencode', ['read'], edit, 'edit', { filePath: '/a.ts', oldString: 'one', newString: 'two' }],
    [
      'both',
      ['read'],
      act({ kind: 'shell', command: 'ls' }),
      'bash',
      { command: 'ls', description: 'a step of the work' },
    ],
    ['both', ['read'], call('lock_release', { agent: 'a' }), 'lock_release', { agent: 'a' }],
  ])('a tool of %s is called as it knows it (%j)', (_, tools, move, name, args) => {
    const [first, last] = openaiChat.eventsOf(move, 3, conversation(tools));
    const called = { id: 'call-3', function: { name, arguments: JSON.stringify(args) } };
    expect(first).toMatchObject({ choices: [{ delta: { tool_calls: [called] }, finish_reason: null }] });
    expect(last).toMatchObject({ choices: [{ delta: {}, finish_reason: 'tool_calls' }] });
  });

  it('the turn ends with what is said', () => {
    const [first, last] = openaiChat.eventsOf(say('done'), 1, conversation([]));
    expect(first).toMatchObject({ choices: [{ delta: { content: 'done' } }] });
    expect(last).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('what tools have answered is heard, and apart from it what was said last', () => {
    const user = { role: 'user', content: [{ type: 'text', text: 'do it' }] };
    const answer = { role: 'tool', tool_call_id: 'c1', content: 'refused' };
    const body = conversation(['bash'], user, toolCall, answer);
    expect(openaiChat.resultsIn(body)).toEqual([{ tool: 'bash', text: 'refused' }]);
    expect(openaiChat.lastWordIn(body)).toBe('do it');
    expect([body, conversation([])].map(openaiChat.hasTools)).toEqual([true, false]);
  });
});
