/** What is written into the files of coding-agent clients so that they ask this program; the answers are given elsewhere. */
export { commandLine, jsonHookClients, oursIn } from './clients.ts';
export type { HandlerKind, JsonHookClient } from './clients.ts';
export { kindIn, lookAt, newFile, toolHandlerAt, withHooks, withoutHooks } from './edit.ts';
export { filledInput, mcpServerName, toolHandler } from './tool-handler.ts';
export { insertFirst, isTable, readJson, remove } from './json-text.ts';
export type { Read, Table } from './json-text.ts';
export { kimiCommand, kimiEvents, kimiFile, kimiLines } from './kimi.ts';
export { isPlugin, opencodeFile, pluginCommand, pluginText } from './opencode.ts';
