import { expect, it } from 'vitest';
import { asRevision, asTimeMs, type Message, type ScopePath } from '../core/index.ts';
import { messageLead } from './message-words.ts';

const plain = { agent: (text: string) => text, name: (text: string) => text, text: (text: string) => text };
const said = (over: Partial<Message>): Message => ({
  revision: asRevision(7),
  atMs: asTimeMs(0),
  from: null,
  by: 'root',
  messageKind: 'stop',
  way: { kind: 'holder', scope: 'web' as ScopePath },
  text: 'now',
  ...over,
});

it.each<readonly [Partial<Message>, string]>([
  [{}, 'operator root tells you, who hold web, to stop'],
  [{ way: { kind: 'all' } }, 'operator root tells all to stop'],
  [{ messageKind: 'question' }, 'operator root asks you, who hold web'],
  [{ messageKind: 'info', way: { kind: 'agent' } }, 'operator root tells you'],
])('%j is led by what is wanted of whom', (over, lead) => {
  expect(messageLead(said(over), plain)).toBe(lead);
});
