/** What is written into the files of coding-agent clients so that they ask this program; the answers are given elsewhere. */
export { commandLine, jsonHookClients, oursIn } from './clients.ts';
export type { JsonHookClient } from './clients.ts';
export { lookAt, newFile, withHooks, withoutHooks } from './edit.ts';
export { insertFirst, isTable, readJson, remove } from './json-text.ts';
export type { Read, Table } from './json-text.ts';
export { kimiFile, kimiLines } from './kimi.ts';
export { isPlugin, opencodeFile, pluginCommand, pluginText } from './opencode.ts';
