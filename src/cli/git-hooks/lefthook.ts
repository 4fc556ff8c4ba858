/** lefthook writes its hooks anew at each change of its configuration: what is to be asked stands there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptName, takesInput, type HookName } from './hook-text.ts';

const kinds = ['yml', 'yaml', 'toml', 'json', 'jsonc'];
const files = ['lefthook', '.lefthook', '.config/lefthook', 'lefthook-local', '.lefthook-local'].flatMap(
  (name) => kinds.map((kind) => `${name}.${kind}`),
);

export const isOfLefthook = (text: string): boolean => text.includes('lefthook');

/** Whether one of its files calls ours at a hook: a line that names both. */
export function lefthookAsks(worktree: string, name: HookName): boolean {
  const isCall = new RegExp(`\\bhooks/${scriptName}\\b.*[^\\w-]${name}(?![\\w-])`, 'm');
  return files
    .map((file) => join(worktree, file))
    .some((file) => existsSync(file) && isCall.test(readFileSync(file, 'utf8')));
}

/** A job of it that asks, and does nothing where ours is not installed, in one line of YAML. */
export function lefthookJob(name: HookName): string {
  const input = takesInput(name) ? 'use_stdin: true, ' : '';
  const run = `r="$(git rev-parse --git-common-dir)/hooks/${scriptName}"; [ ! -x "$r" ] || "$r" ${name} {0}`;
  return `${name}: { jobs: [{ name: rhema, ${input}run: '${run}' }] }`;
}
