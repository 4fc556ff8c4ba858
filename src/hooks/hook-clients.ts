/** The clients whose hooks are understood. */
export const hookClients = [
  'claude',
  'codex',
  'gemini',
  'cursor',
  'copilot',
  'vscode',
  'opencode',
  'kimi',
] as const;
export type HookClient = (typeof hookClients)[number];
