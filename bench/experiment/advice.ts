/** What a refusal tells its agent to do instead. */

/** The command that waits for the turn; null: none is named. */
export function waitNamed(text: string): string | null {
  const [, command = null] = /^ *try: (.* lock acquire .*)$/m.exec(text) ?? [];
  return command;
}

/** The command that gives back what is held, where waiting would never end; null: none is named. */
export function releaseNamed(text: string): string | null {
  const [, command = null] = /^ *try: (.* lock release .*)$/m.exec(text) ?? [];
  return command;
}

export const isStale = (text: string): boolean => / changed since you read /.test(text);

/** The command that does the same to the agent's own files alone; null: none is named. Where it does not know them, they are `own`. */
export function narrowerNamed(text: string, own: readonly string[]): string | null {
  const [, command = null] = /^ *For your own files alone: (.*)$/m.exec(text) ?? [];
  return command?.replace('YOUR-FILES', own.join(' ')) ?? null;
}
