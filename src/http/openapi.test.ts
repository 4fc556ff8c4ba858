import { expect, it } from 'vitest';
import { callerCommandKinds } from '../protocol/command-schemas.ts';
import { query } from '../protocol/requests.ts';
import { openApi } from './openapi.ts';
import { bodyOf, jsonOf, openStage } from './testing.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<'get' | 'post', Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
}
interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

const document = async (): Promise<Document> => (await openApi('1.2.3', '')) as Document;
const operations = async (): Promise<[string, string, Operation][]> =>
  Object.entries((await document()).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );

it('every command and every query has a place in it', async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe('3.1.0');
  for (const kind of callerCommandKinds) expect(paths).toHaveProperty([`/api/v1/commands/${kind}`, 'post']);
  for (const { shape } of query.options)
    expect(paths).toHaveProperty([`/api/v1/queries/${shape.kind.value}`, 'post']);
});

it('what it has is served, and asks for a token where it says so', async () => {
  const { call, time } = await openStage();
  for (const [path, method, { security }] of await operations()) {
    // Who has no token may ask only so often.
    time.advance(10_000);
    const address = path.replace('{ticket}', '1?agent=x');
    const response = await call(address, { method: method.toUpperCase(), token: null });
    const isOpen = security?.length === 0;
    expect([path, response.status]).toEqual([path, isOpen ? 200 : 401]);
  }
});

it('what a route answers to a caller without sense is among what it says', async () => {
  const { call } = await openStage();
  for (const [path, method, { responses }] of await operations()) {
    if (method === 'get') continue;
    const response = await call(path, jsonOf({ nonsense: true }));
    await response.body?.cancel();
    if (path !== '/api/v1/refresh') expect([path, response.status]).toEqual([path, 400]);
    expect(Object.keys(responses)).toContain(String(response.status));
  }
});

it('a body is described as it is read: its kind is in the address', async () => {
  const { paths } = await document();
  const schema = paths['/api/v1/commands/AgentJoin']?.post.requestBody?.content['application/json']?.schema;
  expect(Object.keys(schema?.properties ?? {})).toEqual(['agent', 'secret', 'metadata', 'process']);
  expect(schema?.required).toEqual(['agent', 'secret', 'metadata']);
});

it('it is served with the version and the prefix', async () => {
  const { call } = await openStage({ prefix: '/rhema' });
  expect(await bodyOf(await call('/rhema/api/v1/openapi.json', { token: null }))).toMatchObject({
    info: { version: '1.2.3' },
    servers: [{ url: '/rhema' }],
  });
});
