/**
 * A server with the tools, resources and prompts that the scenarios of the conformance suite call by name: what each must
 * answer stands in the suite's own descriptions. It is there to be served by our HTTP stack.
 */
import {
  createRequestStateCodec,
  McpServer,
  ResourceTemplate,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { addAsking } from './fixture-asking.ts';
import { addPrompts, png } from './fixture-prompts.ts';
import { addRounds } from './fixture-rounds.ts';
import { addTools } from './fixture-tools.ts';

/** Of this process alone: it serves every round of a call. */
const states = createRequestStateCodec({ key: crypto.getRandomValues(new Uint8Array(32)) });

export function fixtureServer(): McpServer {
  const server = new McpServer(
    { name: 'rhema-conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: (state, context) => states.verify(state, context) },
    },
  );
  addTools(server);
  addAsking(server);
  addRounds(server, states);
  addPrompts(server);
  addResources(server);
  addSubscriptions(server);
  return server;
}

function addResources(server: McpServer): void {
  const text = (uri: URL, mimeType: string, content: string): ReadResourceResult => ({
    contents: [{ uri: uri.href, mimeType, text: content }],
  });
  const fixed = (name: string, uri: string, mimeType: string, read: (at: URL) => ReadResourceResult): void =>
    void server.registerResource(name, uri, { description: `${name} of the fixture`, mimeType }, read);
  fixed('static-text', 'test://static-text', 'text/plain', (uri) =>
    text(uri, 'text/plain', 'This is the content of the static text resource.'),
  );
  fixed('static-binary', 'test://static-binary', 'image/png', (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: png }],
  }));
  fixed('watched-resource', 'test://watched-resource', 'text/plain', (uri) =>
    text(uri, 'text/plain', 'Watched resource content'),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'A template of the fixture', mimeType: 'application/json' },
    (uri, { id }) =>
      text(
        uri,
        'application/json',
        JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      ),
  );
}

/** That a resource is watched; none of them changes. */
function addSubscriptions({ server }: McpServer): void {
  const params = z.object({ uri: z.string() });
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.setRequestHandler(method, ({ params: asked }) => {
      params.parse(asked);
      return {};
    });
}
