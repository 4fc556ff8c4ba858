/** What is written into the files of coding-agent clients so that they ask this program; the answers are given elsewhere. */
export { commandLine, jsonHookClients } from './clients.ts';
export type { JsonHookClient } from './clients.ts';
export { lookAt, withHooks, withoutHooks } from './edit.ts';
export { insertFirst, isTable, readJson } from './json-text.ts';
export type { Read, Table } from './json-text.ts';
