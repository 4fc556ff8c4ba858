/**
 * How each coding-agent client is told to ask this program: in which file of the project, at which events, in which words.
 * Only keys and events that the clients have known for long: some refuse, or pass over, a whole file for one that they do not
 * know.
 */
import type { Table } from './json-text.ts';
import { isToolHandler, toolHandler } from './tool-handler.ts';

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
  /** Run in the background when the agent stops, to wake it: a second entry at its moment. */
  readonly wakes?: true;
  /** What stands in its handler alone, or in place of what stands in all. */
  readonly handler?: Table;
}

/** How an entry is called: by its moment, and what it does there where there are two. */
export const eventLabel = ({ name, wakes }: HookEvent): string =>
  wakes === undefined ? name : `${name} (${wakeWord})`;

/** In a command line, in the place of an event. */
const wakeWord = 'wake';

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
  /** What it sends does not say which event it is about, so the command line does. */
  readonly namesEvent?: true;
  /** Before a path from the top of the repository: where the client starts a hook is not always there. */
  readonly topPrefix: string;
  /** What becomes of an act whose hook breaks down, cannot be started or takes too long. */
  readonly failing: 'open' | 'closed' | 'closed but for a time-out';
  /** What the client asks of its user, and what else there is to know. */
  readonly approval: string;
  /** Events at which it can ask the agent's own `rhema mcp` in place of starting a command. */
  readonly toolEvents?: readonly string[];
}

/** How a client asks: it starts a command, or it calls a tool of the agent's own `rhema mcp` where it can. */
export type HandlerKind = 'command' | 'mcp';

/** The client passes the act when a hook takes longer; ours has decided before, also where its agent waits (`claim_wait`). */
const patienceSeconds = 30;

/** As long as Claude Code lets a hook run in the background; who waits there gives up before. */
const sleepSeconds = 600;

const claudeTools = 'Edit|Write|MultiEdit|NotebookEdit|Bash|Read|mcp__rhema__agent_join';

const claude: JsonHookClient = {
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
    { name: 'Stop', wakes: true, handler: { timeout: sleepSeconds, asyncRewake: true } },
    { name: 'SessionEnd' },
  ],
  root: {},
  shape: 'grouped',
  commandKey: 'command',
  handler: { type: 'command', timeout: patienceSeconds },
  topPrefix: '"$CLAUDE_PROJECT_DIR"/',
  failing: 'open',
  approval: 'reads its hooks when a session starts: one that runs already goes on without',
  // At the beginning of a session no server is connected yet, at its end none any more.
  toolEvents: ['PreToolUse', 'PostToolUse'],
};

/** It waits no longer at the end of a session, and says so of an entry that asks for more. */
const codexEndSeconds = 3;

/** It compares the words of a hook that its user has trusted; so these stay the same from one version to the next. */
const codex: JsonHookClient = {
  name: 'codex',
  title: 'Codex',
  file: '.codex/hooks.json',
  events: [
    { name: 'SessionStart' },
    { name: 'UserPromptSubmit' },
    { name: 'PreToolUse' },
    { name: 'PostToolUse' },
    { name: 'SubagentStart' },
    { name: 'SubagentStop' },
    { name: 'Stop' },
    { name: 'SessionEnd', handler: { timeout: codexEndSeconds } },
  ],
  root: {},
  shape: 'grouped',
  commandKey: 'command',
  handler: { type: 'command', timeout: patienceSeconds },
  topPrefix: '"$(git rev-parse --show-toplevel)"/',
  failing: 'open',
  approval: 'passes over hooks that its user has not trusted: say /hooks there, once and after each change',
};

/** It fills in the folder itself, quoted where it must be. */
const gemini: JsonHookClient = {
  name: 'gemini',
  title: 'Gemini CLI',
  file: '.gemini/settings.json',
  events: [
    { name: 'SessionStart' },
    { name: 'BeforeAgent' },
    { name: 'BeforeTool' },
    { name: 'AfterTool' },
    { name: 'AfterAgent' },
    { name: 'SessionEnd' },
  ],
  root: {},
  shape: 'grouped',
  commandKey: 'command',
  handler: { type: 'command', timeout: patienceSeconds * 1_000 },
  topPrefix: '$GEMINI_PROJECT_DIR/',
  failing: 'closed but for a time-out',
  approval: 'reads the file of a project only when its folder is trusted',
};

/** Its releases disagree on the unit of a time limit, so none is said. It starts hooks at the top. */
const cursor: JsonHookClient = {
  name: 'cursor',
  title: 'Cursor',
  file: '.cursor/hooks.json',
  events: [
    { name: 'sessionStart' },
    { name: 'beforeSubmitPrompt' },
    { name: 'preToolUse' },
    { name: 'postToolUse' },
    { name: 'subagentStart' },
    { name: 'subagentStop' },
    { name: 'stop' },
    { name: 'sessionEnd' },
  ],
  root: { version: 1 },
  shape: 'flat',
  commandKey: 'command',
  handler: {},
  topPrefix: '',
  failing: 'open',
  approval:
    'lets an act pass when a hook cannot be started ("failClosed": true beside its command changes that)',
};

/** The case of the names decides in which form it speaks; in this one nothing says which event it is about. */
const copilot: JsonHookClient = {
  name: 'copilot',
  title: 'Copilot',
  file: '.github/hooks/rhema.json',
  events: [
    { name: 'sessionStart' },
    { name: 'userPromptSubmitted' },
    { name: 'preToolUse' },
    { name: 'postToolUse' },
    { name: 'subagentStart' },
    { name: 'subagentStop' },
    { name: 'agentStop' },
    { name: 'sessionEnd' },
  ],
  root: { version: 1 },
  shape: 'flat',
  commandKey: 'bash',
  handler: { type: 'command', cwd: '.', timeoutSec: patienceSeconds },
  namesEvent: true,
  topPrefix: '',
  failing: 'closed but for a time-out',
  approval:
    'refuses every act when a hook cannot be started; its cloud agent reads the file from the default branch',
};

/** It starts hooks at the top, and would read the file of Copilot as well. */
const vscode: JsonHookClient = {
  name: 'vscode',
  title: 'VS Code',
  file: '.github/hooks/rhema-vscode.json',
  events: [
    { name: 'SessionStart' },
    { name: 'UserPromptSubmit' },
    { name: 'PreToolUse' },
    { name: 'PostToolUse' },
    { name: 'SubagentStart' },
    { name: 'SubagentStop' },
    { name: 'Stop' },
  ],
  root: {},
  shape: 'flat',
  commandKey: 'command',
  handler: { type: 'command', timeout: patienceSeconds },
  topPrefix: '',
  failing: 'open',
  approval: 'has hooks as a preview, which an organisation may have switched off',
};

export const jsonHookClients: readonly JsonHookClient[] = [claude, codex, gemini, cursor, copilot, vscode];

/** A word for a POSIX shell. */
function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line that stands in a client's file; behind it the event where the client does not say that itself. */
export function commandLine(
  { name, topPrefix }: Pick<JsonHookClient, 'name' | 'topPrefix'>,
  { words, inRepository }: HookLaunch,
): string {
  const started = words.map((word) => (word === inRepository ? topPrefix : '') + shellQuoted(word));
  return [...started, 'hook', name].join(' ');
}

/** A command line that is one of ours for a client. */
export interface OwnCommand {
  readonly kind: 'command';
  /** What {@link commandLine} gave. */
  readonly line: string;
  readonly wakes: boolean;
}

/** A handler of ours, whichever it is. */
export type OwnHandler = OwnCommand | { readonly kind: 'mcp'; readonly wakes: false };

/** Null: it is somebody else's. */
export function ownHandler({ name, commandKey }: JsonHookClient, handler: Table): OwnHandler | null {
  return isToolHandler(handler) ? { kind: 'mcp', wakes: false } : oursIn(name, handler[commandKey]);
}

/**
 * What a command line is that ends in `hook CLIENT`, or in that and an event, and starts this program, wherever it lies. Null: it
 * is somebody else's.
 */
export function oursIn(client: string, command: unknown): OwnCommand | null {
  if (typeof command !== 'string') return null;
  const ours = new RegExp(`^((.*\\S)\\s+hook\\s+${client})(?:\\s+([A-Za-z]+))?\\s*$`, 's').exec(command);
  const [, line = '', program = '', word] = ours ?? [];
  const isOurs = /(?:^|[\s/\\"'])(?:rhema|cli[/\\]main\.[cm]?[jt]s)["']?(?:\s+--server\s+\S+)?$/.test(
    program,
  );
  return isOurs ? { kind: 'command', line, wakes: word === wakeWord } : null;
}

/** What stands in the list of an event. */
export function entryFor(
  client: JsonHookClient,
  event: HookEvent,
  command: string,
  kind: HandlerKind = 'command',
): Table {
  const isByTool = kind === 'mcp' && client.toolEvents?.includes(event.name) === true;
  const handler = isByTool ? toolHandler(client.name, event.name) : commandHandler(client, event, command);
  const matcher = event.matcher === undefined ? {} : { matcher: event.matcher };
  return client.shape === 'grouped' ? { ...matcher, hooks: [handler] } : { ...matcher, ...handler };
}

function commandHandler(client: JsonHookClient, event: HookEvent, command: string): Table {
  const { type, ...rest } = { ...client.handler, ...event.handler };
  const word = event.wakes ? wakeWord : client.namesEvent ? event.name : null;
  const started = word === null ? command : `${command} ${word}`;
  return { ...(type === undefined ? {} : { type }), [client.commandKey]: started, ...rest };
}

/** What stands in the lists of all events; `command`: the line that is meant by each. */
export function hooksOf(
  client: JsonHookClient,
  command: string,
  kind: HandlerKind = 'command',
): Readonly<Record<string, readonly Table[]>> {
  const lists: Record<string, Table[]> = {};
  for (const event of client.events) (lists[event.name] ??= []).push(entryFor(client, event, command, kind));
  return lists;
}
