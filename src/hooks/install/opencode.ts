/** The plugin by which opencode asks: it has no hooks in a configuration, but runs what lies in its folder of plugins. */
import { type HookLaunch } from './clients.ts';

export const opencodeFile = '.opencode/plugins/rhema.js';

const heading = '// Written by `rhema hooks install opencode`; `rhema hooks uninstall opencode` removes it.';

/** Whether a file is one that was written by any version of this program. */
export const isPlugin = (text: string): boolean => text.startsWith(heading);

/** The words that a plugin starts; null where it does not say so in the line that was written. */
export function pluginCommand(text: string): readonly string[] | null {
  const [, list] = /^const command = (\[.*\]);$/m.exec(text) ?? [];
  try {
    const words: unknown = list === undefined ? null : JSON.parse(list);
    return Array.isArray(words) ? (words as readonly unknown[]).map(String) : null;
  } catch {
    return null;
  }
}

/** A path from the top of the repository holds at the top, where it is started. */
export function pluginText({ words }: HookLaunch): string {
  return `${heading}\nconst command = ${JSON.stringify([...words, 'hook', 'opencode'])};\n${body}`;
}

const body = `
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const Rhema = async ({ directory, worktree }) => {
  const [program, ...args] = command;
  const agents = new Map();

  const ask = (payload, env = {}) =>
    new Promise((resolve) => {
      const top = worktree && worktree !== '/' ? worktree : directory;
      const child = spawn(program, args, { cwd: top, env: { ...process.env, ...env }, timeout: 30_000 });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => (stdout += data));
      child.stderr.on('data', (data) => (stderr += data));
      child.stdin.on('error', () => {});
      child.on('error', (error) => resolve({ code: null, stdout, stderr: String(error) }));
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(JSON.stringify({ cwd: directory, ...payload }));
    });

  const contextIn = ({ stdout }) => {
    try {
      return JSON.parse(stdout).context;
    } catch {
      return undefined;
    }
  };

  // The agent's own shell commands act in its name.
  const agentOf = async (session_id) => {
    if (agents.has(session_id)) return agents.get(session_id);
    const folder = mkdtempSync(join(tmpdir(), 'rhema-'));
    try {
      const file = join(folder, 'env');
      await ask({ hook_event_name: 'SessionStart', session_id }, { CLAUDE_ENV_FILE: file });
      agents.set(session_id, /^export RHEMA_AGENT=(\\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1]);
    } catch {
      // Nobody is coordinated here.
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return agents.get(session_id);
  };

  return {
    'tool.execute.before': async ({ tool, sessionID, callID }, { args: tool_input }) => {
      const call = { session_id: sessionID, tool_name: tool, tool_input, tool_use_id: callID };
      const { code, stderr } = await ask({ hook_event_name: 'PreToolUse', ...call });
      if (code === 2) throw new Error(stderr.trim() || 'refused by rhema');
    },
    'tool.execute.after': async ({ tool, sessionID, callID, args: tool_input }, output) => {
      const call = { session_id: sessionID, tool_name: tool, tool_input, tool_use_id: callID };
      const answer = await ask({ hook_event_name: 'PostToolUse', ...call, tool_response: output?.output });
      const context = contextIn(answer);
      if (context && typeof output?.output === 'string') output.output += \`\\n\\n\${context}\`;
    },
    'shell.env': async ({ sessionID }, output) => {
      const agent = sessionID ? await agentOf(sessionID) : undefined;
      if (agent) output.env.RHEMA_AGENT = agent;
    },
    event: async ({ event: { type, properties } }) => {
      const session_id = properties?.sessionID ?? properties?.info?.id;
      const hook_event_name = { 'session.idle': 'Stop', 'session.deleted': 'SessionEnd' }[type];
      if (session_id && hook_event_name) await ask({ hook_event_name, session_id });
    },
  };
};
`;
