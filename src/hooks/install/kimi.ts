/** What Kimi is told: it has one configuration for all that its user does, and none for a project. */
import { stringify } from 'smol-toml';
import { commandLine, type HookLaunch } from './clients.ts';

/** In the user's own folder. */
export const kimiFile = '.kimi-code/config.toml';

export const kimiEvents: readonly string[] = [
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
  const command = kimiCommand(userWords);
  return stringify({ hooks: kimiEvents.map((event) => ({ event, command, timeout: 30 })) });
}

export function kimiCommand(userWords: readonly string[]): string {
  const launch: HookLaunch = { words: userWords, inRepository: null };
  return commandLine({ name: 'kimi', topPrefix: '' }, launch);
}
