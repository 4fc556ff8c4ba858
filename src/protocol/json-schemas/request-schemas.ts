import { z } from 'zod';
import { commandSchemas } from '../command-schemas.ts';
import type { JsonSchema, RequestSchemas } from './json-schema.ts';
import { query } from '../requests.ts';

/** What may be said and asked, as JSON Schema 2020-12, by kind and without it: for whoever describes the protocol. */
export function requestSchemas(): RequestSchemas {
  return {
    commands: byKind(Object.values(commandSchemas)),
    queries: byKind(query.options),
  };
}

function byKind(schemas: readonly z.ZodType[]): Record<string, JsonSchema> {
  return Object.fromEntries(schemas.map(withoutKind));
}

function withoutKind(schema: z.ZodType): [string, JsonSchema] {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { kind, ...properties } = whole.properties as Record<string, JsonSchema>;
  const required = (whole.required ?? []).filter((name) => name !== 'kind');
  return [String(kind?.['const']), Object.assign(whole, { properties, required })];
}
