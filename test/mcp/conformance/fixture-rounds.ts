/** Tools that ask the client something between two calls, as 2026-07-28 does. */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  inputResponse,
  type CallToolResult,
  type InputRequiredResult,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

type Round = CallToolResult | InputRequiredResult;
type Codec = RequestStateCodec<unknown>;

const textOf = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

const named = z.object({ name: z.string() });
const colored = z.object({ color: z.string() });
const confirmed = z.object({ ok: z.boolean() });

const askName = (message = 'What is your name?') => inputRequired.elicit({ message, requestedSchema: named });
const askModel = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

/** What a client says with each request that it can do. */
function declaredBy(envelope: object | undefined): ClientCapabilities | undefined {
  return (envelope as { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined)?.[
    CLIENT_CAPABILITIES_META_KEY
  ];
}

export function addRounds(server: McpServer, states: Codec): void {
  const tool = (name: string, run: (context: ServerContext) => Round | Promise<Round>) =>
    server.registerTool(name, { description: name, inputSchema: z.object({}) }, (_, context) => run(context));
  const nameFirst = ({ mcpReq }: ServerContext): Round => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', named);
    if (answer !== undefined) return textOf(`Hello, ${answer.name}!`);
    return inputRequired({ inputRequests: { user_name: askName() } });
  };
  tool('test_input_required_result_elicitation', nameFirst);
  tool('test_streaming_elicitation', nameFirst);
  tool('test_input_required_result_sampling', ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return textOf(JSON.stringify(answer.result.content));
    return inputRequired({
      inputRequests: { capital_question: askModel('What is the capital of France?', 100) },
    });
  });
  // Who cannot be asked is refused on the way.
  tool('test_missing_capability', () =>
    inputRequired({ inputRequests: { greeting: askModel('Generate a greeting', 50) } }),
  );
  tool('test_input_required_result_list_roots', ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
    if (answer.kind === 'roots') return textOf(answer.roots.map(({ uri }) => uri).join(', '));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  tool('test_input_required_result_capabilities', ({ mcpReq }) => {
    const declared = declaredBy(mcpReq.envelope);
    return inputRequired({
      inputRequests: {
        ...(declared?.sampling === undefined ? {} : { greeting: askModel('Generate a greeting', 50) }),
        ...(declared?.elicitation === undefined ? {} : { user_name: askName() }),
      },
    });
  });
  addWithState(tool, states);
}

type AddTool = (name: string, run: (context: ServerContext) => Round | Promise<Round>) => unknown;

function addWithState(tool: AddTool, states: Codec): void {
  const confirming = async ({ mcpReq }: ServerContext): Promise<Round> => {
    const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmed);
    if (answer !== undefined && mcpReq.requestState() === 'confirming') return textOf('state-ok');
    const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: confirmed });
    return inputRequired({ inputRequests: { confirm }, requestState: await states.mint('confirming') });
  };
  tool('test_input_required_result_request_state', confirming);
  tool('test_input_required_result_tampered_state', confirming);
  tool('test_input_required_result_multiple_inputs', async ({ mcpReq }) => {
    if (mcpReq.requestState() === 'several' && mcpReq.inputResponses !== undefined)
      return textOf(`All of ${Object.keys(mcpReq.inputResponses).join(', ')} came.`);
    return inputRequired({
      inputRequests: {
        user_name: askName(),
        greeting: askModel('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint('several'),
    });
  });
  tool('test_input_required_result_multi_round', async ({ mcpReq }) => {
    const color = acceptedContent(mcpReq.inputResponses, 'step2', colored);
    if (color !== undefined && mcpReq.requestState() === 2) return textOf(`It is ${color.color}.`);
    const name = acceptedContent(mcpReq.inputResponses, 'step1', named);
    if (name !== undefined && mcpReq.requestState() === 1) {
      const asked = { message: 'Step 2: What is your favorite color?', requestedSchema: colored };
      return inputRequired({
        inputRequests: { step2: inputRequired.elicit(asked) },
        requestState: await states.mint(2),
      });
    }
    return inputRequired({
      inputRequests: { step1: askName('Step 1: What is your name?') },
      requestState: await states.mint(1),
    });
  });
}
