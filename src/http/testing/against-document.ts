/** For tests: what the server answers, held against the document that it serves. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApi } from '../openapi.ts';
import { bodyOf } from '../testing.ts';

export type Paths = Readonly<
  Record<string, Readonly<Record<'get' | 'post', { responses: Record<string, Answered> }>>>
>;
interface Answered {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

export interface Checked {
  readonly paths: Paths;
  /** What is wrong with an answer; empty where it is as the document says, and no more. */
  readonly faultsOf: (response: Response, path: string, method: 'get' | 'post') => Promise<unknown>;
}

export async function againstDocument(): Promise<Checked> {
  const { paths, components } = (await openApi('1.2.3', '')) as {
    paths: Paths;
    components: { schemas: object };
  };
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'doc', components: closed(components) as object });
  const checkOf = (path: string, method: 'get' | 'post', status: number): ValidateFunction => {
    const content = paths[path]?.[method].responses[status]?.content ?? {};
    const [schema] = Object.values(content).map((one) => one.schema);
    if (schema === undefined) throw new Error(`${method} ${path} does not say that it answers ${status}`);
    return ajv.compile(closed(schema) as object);
  };
  return {
    paths,
    faultsOf: async (response, path, method) => {
      const check = checkOf(path, method, response.status);
      const body = await bodyOf(response);
      return check(body) ? [] : [path, response.status, check.errors, body];
    },
  };
}

/** What is answered without being described is a fault, too. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  if (typeof parts['$ref'] === 'string') return { $ref: `doc${parts['$ref']}` };
  const isClosed = parts['type'] === 'object' && typeof parts['properties'] === 'object';
  return isClosed ? { additionalProperties: false, ...parts } : parts;
}
