export type { JsonSchema } from './json-schema.ts';
export { requestSchemas } from './request-schemas.ts';
