import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude, codex, type ClientRun } from '../coding-clients.ts';
import type { ClientPackage } from '../install.ts';

/** A real coding agent that knows rhema by its hooks alone: its tools are left out. */
export interface HookedClient {
  /** As `rhema init --client` knows it. */
  readonly name: string;
  /** As `rhema doctor` calls it. */
  readonly title: string;
  readonly package: ClientPackage;
  /** How an agent comes to its turn that was refused: its client is woken, or it waits by the command that it is told. */
  readonly waits: 'woken' | 'by command';
  /** It refuses an edit of what has changed since it was read by itself, before its hooks are asked. */
  readonly looksItself: boolean;
  /** Git runs its hooks where this client starts it. */
  readonly gitHooks: boolean;
  /** The file with its hooks, and what it calls the one before an edit. Null: it has no such file, but runs a plugin. */
  readonly hooks: { readonly file: string; readonly beforeEdit: string } | null;
  readonly prepare: (setting: HookedSetting) => ClientRun;
}

export interface HookedSetting {
  readonly home: string;
  readonly modelUrl: string;
  readonly worktree: string;
}

const prompt = 'Change the page.';

const claudeHooked: Omit<HookedClient, 'package' | 'looksItself'> = {
  name: 'claude',
  title: claude.title,
  waits: 'woken',
  gitHooks: true,
  hooks: { file: '.claude/settings.json', beforeEdit: 'PreToolUse' },
  prepare: ({ home, modelUrl }) => {
    const noServers = join(home, 'no-servers.json');
    writeFileSync(noServers, '{ "mcpServers": {} }\n');
    const servers = ['--mcp-config', noServers, '--strict-mcp-config'];
    return {
      args: ['-p', prompt, ...servers, '--allowedTools', 'Read', 'Edit', 'Bash'],
      env: claude.env(modelUrl),
    };
  },
};

export const newClaude: HookedClient = {
  ...claudeHooked,
  package: claude.package,
  looksItself: false,
};

/** Of the line of the last client that runs with Node 20: it knows fewer keys in the file of hooks. */
export const oldClaude: HookedClient = {
  ...claudeHooked,
  package: { ...claude.package, version: '2.1.197' },
  looksItself: true,
};

export const hookedCodex: HookedClient = {
  name: 'codex',
  title: codex.title,
  package: codex.package,
  waits: 'by command',
  looksItself: false,
  gitHooks: true,
  hooks: { file: '.codex/hooks.json', beforeEdit: 'PreToolUse' },
  prepare: ({ home, modelUrl, worktree }) => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'config.toml'), codex.config(modelUrl, model) + trusted(worktree));
    const unasked = ['--dangerously-bypass-hook-trust', '--dangerously-bypass-approvals-and-sandbox'];
    return {
      args: ['exec', ...unasked, '-c', 'mcp_servers.rhema.enabled=false', prompt],
      env: codex.env(home),
    };
  },
};

/** The client gives its tools by the name of the model: this one edits by patches. */
const model = 'gpt-5.6-sol';

const trusted = (worktree: string): string => `
[projects.${JSON.stringify(worktree)}]
trust_level = "trusted"
`;
