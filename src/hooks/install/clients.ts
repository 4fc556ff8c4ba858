/**
 * How each coding-agent client is told to ask this program: in which file of the project, at which events, in which words.
 * Only keys and events that the clients have known for long: some refuse, or pass over, a whole file for one that they do not
 * know.
 */
import type { Table } from './json-text.ts';

/** How this program is started by what stands in a project's file. */
export interface HookLaunch {
  readonly words: readonly string[];
  /** The word among them that is a path from the top of the repository; null where there is none. */
  readonly inRepository: string | null;
}

export interface HookEvent {
  readonly name: string;
  /** Which tools it is about; absent: all, or the client does not tell them apart. */
  readonly matcher?: string;
}

/** A client that reads its hooks from a JSON file of the project. */
export interface JsonHookClient {
  readonly name: string;
  readonly title: string;
  /** From the top of the working tree. */
  readonly file: string;
  readonly events: readonly HookEvent[];
  /** Other keys without which the client does not read the file. */
  readonly root: Table;
  /** `grouped`: each entry has a list of handlers. */
  readonly shape: 'grouped' | 'flat';
  /** The key of the command line. */
  readonly commandKey: string;
  /** What else stands in a handler. */
  readonly handler: Table;
  /** Before a path from the top of the repository: where the client starts a hook is not always there. */
  readonly topPrefix: string;
  /** What the client asks of its user, and what else there is to know. */
  readonly approval: string;
}

/** The client passes the act when a hook takes longer; ours has decided long before. */
const patienceSeconds = 10;

const claudeTools = 'Edit|Write|MultiEdit|NotebookEdit|Bash|Read|mcp__rhema__agent_join';

export const claude: JsonHookClient = {
  name: 'claude',
  title: 'Claude Code',
  file: '.claude/settings.json',
  events: [
    { name: 'SessionStart' },
    { name: 'UserPromptSubmit' },
    { name: 'PreToolUse', matcher: claudeTools },
    { name: 'PostToolUse', matcher: claudeTools },
    { name: 'SubagentStart' },
    { name: 'SubagentStop' },
    { name: 'Stop' },
    { name: 'SessionEnd' },
  ],
  root: {},
  shape: 'grouped',
  commandKey: 'command',
  handler: { type: 'command', timeout: patienceSeconds },
  topPrefix: '"$CLAUDE_PROJECT_DIR"/',
  approval: 'reads it when a session starts: those that run already go on without',
};

export const jsonHookClients: readonly JsonHookClient[] = [claude];

/** A word for a POSIX shell. */
function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line that stands in a client's file. */
export function commandLine({ name, topPrefix }: JsonHookClient, launch: HookLaunch): string {
  const { words, inRepository } = launch;
  const started = words.map((word) => (word === inRepository ? topPrefix : '') + shellQuoted(word));
  return [...started, 'hook', name].join(' ');
}

/**
 * Whether a command line is one of ours for a client: it ends in `hook CLIENT`, and what is started is this program, wherever
 * it lies.
 */
export function isOurs(client: string, command: unknown): command is string {
  if (typeof command !== 'string') return false;
  const [, program] = new RegExp(`^(.*\\S)\\s+hook\\s+${client}\\s*$`, 's').exec(command) ?? [];
  return program !== undefined && /(?:^|[\s/\\"'])(?:rhema|cli[/\\]main\.[cm]?[jt]s)["']?$/.test(program);
}

/** What stands in the list of an event. */
export function entryFor(client: JsonHookClient, event: HookEvent, command: string): Table {
  const { type, ...rest } = client.handler;
  const handler = { ...(type === undefined ? {} : { type }), [client.commandKey]: command, ...rest };
  const matcher = event.matcher === undefined ? {} : { matcher: event.matcher };
  return client.shape === 'grouped' ? { ...matcher, hooks: [handler] } : { ...matcher, ...handler };
}
