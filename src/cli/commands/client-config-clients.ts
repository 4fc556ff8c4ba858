import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { mcpServerName } from '../../hooks/install/index.ts';

/** The name under which the clients' configurations know this server. */
export const serverName = mcpServerName;

export const clientNames = ['claude', 'codex', 'cursor', 'vscode', 'gemini'] as const;
export type ClientName = (typeof clientNames)[number];

/** A coding-agent client, and how its project configuration names an MCP server. */
export interface Client {
  readonly name: ClientName;
  readonly title: string;
  /** The project's own file, relative to the top of the working tree. */
  readonly file: string;
  readonly format: 'json' | 'toml';
  /** The table of servers in that file. */
  readonly table: string;
  /** Whether an entry says that it speaks over standard input and output. */
  readonly saysStdio: boolean;
  /** How the file writes the project's folder; null where the client starts servers in it. */
  readonly folderVariable: string | null;
  /** A command of the client that adds a server, up to the server's own words; null where it has none. */
  readonly addCommand: readonly string[] | null;
  /** What the client asks of its user before it starts a project's server. */
  readonly approval: string;
}

export const clients: Readonly<Record<ClientName, Client>> = {
  claude: {
    name: 'claude',
    title: 'Claude Code',
    file: '.mcp.json',
    format: 'json',
    table: 'mcpServers',
    saysStdio: true,
    folderVariable: null,
    addCommand: ['claude', 'mcp', 'add', '--scope', 'project', serverName, '--'],
    approval: "asks once before it starts a project's server",
  },
  codex: {
    name: 'codex',
    title: 'Codex',
    file: '.codex/config.toml',
    format: 'toml',
    table: 'mcp_servers',
    saysStdio: false,
    folderVariable: null,
    addCommand: ['codex', 'mcp', 'add', serverName, '--'],
    approval: 'reads the file of a project only when its folder is trusted',
  },
  cursor: {
    name: 'cursor',
    title: 'Cursor',
    file: '.cursor/mcp.json',
    format: 'json',
    table: 'mcpServers',
    saysStdio: true,
    folderVariable: '${workspaceFolder}',
    addCommand: null,
    approval: "starts a project's server once that is switched on in the settings",
  },
  vscode: {
    name: 'vscode',
    title: 'VS Code',
    file: '.vscode/mcp.json',
    format: 'json',
    table: 'servers',
    saysStdio: true,
    folderVariable: '${workspaceFolder}',
    addCommand: null,
    approval: "asks for trust when a project's server first starts",
  },
  gemini: {
    name: 'gemini',
    title: 'Gemini CLI',
    file: '.gemini/settings.json',
    format: 'json',
    table: 'mcpServers',
    saysStdio: false,
    folderVariable: null,
    addCommand: ['gemini', 'mcp', 'add', serverName],
    approval: 'reads the file of a project only when its folder is trusted',
  },
};

/** Whether a client's project file names this server. One that cannot be read names none. */
export function namesServer({ format, table }: Client, text: string): boolean {
  const servers = tablesOf(format, text)[table];
  return typeof servers === 'object' && servers !== null && serverName in servers;
}

function tablesOf(format: Client['format'], text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = format === 'json' ? parseJson(text) : parseToml(text);
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}
