import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema git-hook`: what the hooks of Git ask; nobody types it. */
export function addGitHookCommand(program: Command, host: Host): void {
  const hook = program
    .command('git-hook', { hidden: true })
    .description('what a hook of Git asks, with its arguments and its standard input')
    .argument('<name>', 'of the hook, such as pre-commit')
    .argument('[args...]', 'those that Git gives it, after --');
  examples(hook, 'rhema git-hook pre-commit', 'rhema git-hook commit-msg -- .git/COMMIT_EDITMSG');
  implement(hook, host, async () => (await import('../commands/git-hook.ts')).gitHook);
}
