/** The plugin for Claude Code: the same hooks, the tools and a skill in one folder, for whoever wants no file of his project changed. */
import { hooksOf, jsonHookClients, type JsonHookClient } from './clients.ts';
import type { Table } from './json-text.ts';

/** It is copied to where it is run, so the program is found by its name. */
const program = 'rhema';

const description = 'Keeps several agents that work in one Git repository from overwriting each other.';

/** The files of the plugin by their path in its folder; what ends in .json as a value. */
export function pluginFiles(version: string): Readonly<Record<string, Table | string>> {
  const author = { name: 'rhema' };
  return {
    '.claude-plugin/plugin.json': { name: 'rhema', version, description, author, license: 'Apache-2.0' },
    '.claude-plugin/marketplace.json': {
      name: 'rhema',
      owner: author,
      metadata: { description },
      plugins: [{ name: 'rhema', source: './', description }],
    },
    '.mcp.json': { mcpServers: { rhema: { type: 'stdio', command: program, args: ['mcp'] } } },
    'hooks/hooks.json': { description, hooks: hooks() },
    'skills/rhema/SKILL.md': skill,
  };
}

function hooks(): Table {
  const claude = jsonHookClients.find(({ name }) => name === 'claude') as JsonHookClient;
  const events = claude.events.map((event) => ({
    ...event,
    // The tools of a plugin have its name in theirs.
    ...(event.matcher === undefined
      ? {}
      : { matcher: `${event.matcher}|mcp__plugin_rhema_rhema__agent_join` }),
  }));
  return hooksOf({ ...claude, events }, `${program} hook claude`);
}

const skill = `---
name: rhema
description: Working beside other agents in one Git repository. Use when an edit, a commit or a Git command was refused because another agent has the file, when you want to know who works on what, or before you begin on something large.
---

# Working beside other agents

Hooks lock each file before you edit it, for as long as your session works on it. Nothing has to be asked for beforehand.

## An edit was refused

The reason names the agent that has the file, since when and what for. Then:

1. Work on something else first, if there is something.
2. Else wait: \`rhema lock acquire PATH --wait\`, or the tool \`lock_acquire\`.
3. Or say what you need: \`rhema say 'what and why' --holder-of PATH\`.

Do not write the file by a shell command or from another folder: it is somebody's unfinished work, and one of you loses it.

## The file was changed since you read it

Read it again before you edit: what you remember of it is older than what is there.

## Commits and other Git commands

- Commit your own files by name: \`git commit -m MESSAGE -- PATHS\`.
- Leave out what moves files of others with yours: \`git add -A\`, \`git commit -a\`, \`git stash\`, \`git reset --hard\`, \`git clean\`, a switch of the
  branch. For work on another branch make a working tree of your own: \`git worktree add\`.

## Who works on what

- \`rhema status\`: agents and their locks
- \`rhema why PATH\`: who has a file, since when and what for
- \`rhema inbox\`: what others have said to you
`;
