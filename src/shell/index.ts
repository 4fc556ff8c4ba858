/** What a shell command line would write, by the tree of a parser. */
export { readShell } from './read-shell.ts';
export { joined as joinedPath } from './places.ts';
export type { GitKind, GitOperation, ShellReading, ShellWrite } from './reading.ts';
