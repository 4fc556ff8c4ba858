/** Words of which the schemas of answers are made. */
export type Schema = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, Schema>>;

export const anyObject: Schema = { type: 'object' };
export const text: Schema = { type: 'string' };
export const whole: Schema = { type: 'integer' };
export const yes: Schema = { type: 'boolean' };
export const ms: Schema = { type: 'integer', description: 'The log’s time, in milliseconds since 1970.' };
export const wall: Schema = {
  type: 'integer',
  description: 'Milliseconds since 1970, by the server’s clock.',
};

export const orNull = (schema: Schema): Schema =>
  typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const recordOf = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });
export const oneOf = (names: readonly string[]): Schema => ({ type: 'string', enum: names });
export const part = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export function object(required: Fields, optional: Fields = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

/** Of what is named by a scope, a file in it, or a slot of a resource. */
export const name: Fields = { scope: text, file: text, resource: text, slot: whole };

/** By its `kind`: what each of some kinds has beside it. */
export function byKind(
  kinds: Readonly<Record<string, readonly [required: Fields, optional?: Fields]>>,
): Schema {
  return {
    description: 'By its `kind`.',
    oneOf: Object.entries(kinds).map(([kind, [required, optional]]) =>
      object({ kind: { const: kind }, ...required }, optional),
    ),
  };
}
