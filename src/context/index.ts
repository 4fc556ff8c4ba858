export { collectionsOf, contextKinds, kindOf, placesOf, type ContextKind } from './kinds.ts';
export { entriesOf, type ContextEntry } from './entries.ts';
export * from './rules/index.ts';
