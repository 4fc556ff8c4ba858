/** Tools that ask the client something while they run, as revisions before 2026-07-28 do. */
import type { CallToolResult, ElicitRequestFormParams, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const textOf = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

type FormSchema = ElicitRequestFormParams['requestedSchema'];

export function addAsking(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      const { content } = await mcpReq.requestSampling({ messages, maxTokens: 100 });
      const [first] = Array.isArray(content) ? content : [content];
      return textOf(`LLM response: ${first?.type === 'text' ? first.text : ''}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const answer = await mcpReq.elicitInput({ message, requestedSchema: user });
      return textOf(`User response: action=${answer.action}, content=${JSON.stringify(answer.content)}`);
    },
  );
  const form = (name: string, message: string, requestedSchema: FormSchema): void =>
    void server.registerTool(
      name,
      { description: message, inputSchema: z.object({}) },
      async (_, { mcpReq }) => {
        const { action, content } = await mcpReq.elicitInput({ message, requestedSchema });
        return textOf(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
      },
    );
  form('test_elicitation_sep1034_defaults', 'Look through the defaults', defaults);
  form('test_elicitation_sep1330_enums', 'Choose', enums);
}

const user: FormSchema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

const defaults: FormSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const options = ['option1', 'option2', 'option3'];
const titled = ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title }));

const enums: FormSchema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled } },
  },
};
