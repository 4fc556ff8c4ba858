import { expect, it } from 'vitest';
import { geminiContent } from './gemini-content.ts';
import { act, call, say, type Move } from './script.ts';

it.each<[Move, object]>([
  [
    act({ kind: 'read', file: '/a.ts' }),
    { functionCall: { id: 'call-3', name: 'read_file', args: { file_path: '/a.ts' } } },
  ],
  [
    act({ kind: 'edit', file: '/a.ts', from: 'one', to: 'two' }),
    { functionCall: { name: 'replace', args: { file_path: '/a.ts', old_string: 'one', new_string: 'two' } } },
  ],
  [
    act({ kind: 'shell', command: 'ls' }),
    { functionCall: { name: 'run_shell_command', args: { command: 'ls' } } },
  ],
  [call('lock_release', { agent: 'a' }), { functionCall: { name: 'lock_release', args: { agent: 'a' } } }],
  [say('done'), { text: 'done' }],
])('each move is one part of what a model of Google answers: %j', (move, part) => {
  const events = geminiContent.eventsOf(move, 3, {});
  expect(events).toMatchObject([{ candidates: [{ content: { parts: [part] }, finishReason: 'STOP' }] }]);
});

it('what tools have answered is heard, and apart from it what was said last', () => {
  const body = {
    tools: [{}],
    contents: [
      { role: 'user', parts: [{ text: 'do it' }] },
      { role: 'model', parts: [{ text: 'I do' }] },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'replace', response: { error: 'refused' } } },
          { functionResponse: { name: 'read_file', response: { output: 'one' } } },
        ],
      },
    ],
  };
  expect(geminiContent.resultsIn(body)).toEqual([
    { tool: 'replace', text: 'refused' },
    { tool: 'read_file', text: 'one' },
  ]);
  expect(geminiContent.lastWordIn(body)).toBe('do it');
  expect([body, { contents: [] }].map(geminiContent.hasTools)).toEqual([true, false]);
});
