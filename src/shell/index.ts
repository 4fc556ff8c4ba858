/** What a shell command line would write, by the tree of a parser. */
export { readShell } from './read-shell.ts';
export { matcherOf } from './matching.ts';
export { pathOnDisk } from './places.ts';
export type { GitKind, GitOperation, ShellReading, ShellWrite, Unjudged, Why } from './reading.ts';
