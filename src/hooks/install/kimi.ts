/** What Kimi is told: it has one configuration for all that its user does, and none for a project. */
import { stringify } from 'smol-toml';
import { commandLine, type HookLaunch } from './clients.ts';

/** In the user's own folder. */
export const kimiFile = '.kimi-code/config.toml';

const events = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'Stop',
  'SessionHeartbeat',
  'SessionEnd',
];

/** What to add at the end of the file. Its keys are those that every release knows: the file is refused whole for another. */
export function kimiLines(userWords: readonly string[]): string {
  const launch: HookLaunch = { words: userWords, inRepository: null };
  const command = commandLine({ name: 'kimi', topPrefix: '' }, launch);
  return stringify({ hooks: events.map((event) => ({ event, command, timeout: 10 })) });
}
