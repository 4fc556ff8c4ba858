import type { Command } from 'commander';
import { examples, implement, notes, usageHint } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent } from './options.ts';

/** `rhema commit`: of some files, while nobody else commits. */
export function addCommitCommand(program: Command, host: Host): void {
  const commit = actingAgent(
    program
      .command('commit')
      .description('git commit of some files alone, under @git: what others have staged stays staged')
      .argument('<words...>', 'options of git commit, and after -- the files')
      .option('--wait <duration>', 'for @git, while others commit', '1m')
      .allowUnknownOption()
      .usage('[options] [options of git commit] -- <files...>'),
  );
  notes(
    commit,
    `A file that another agent has locked is refused, and nothing is committed. The commit says in its trailers which agent made it. What Git
says, and its exit code, are passed on; with --json what it says goes to standard error. Before --, -q, -C and --git-dir are options of rhema; a file that Git does not know yet is
added before: git add --intent-to-add FILE.`,
  );
  usageHint(commit, 'the files come after --, as in: rhema commit -m "Log out" -- src/logout.ts');
  examples(
    commit,
    'rhema commit -m "Log out" -- src/logout.ts',
    'rhema commit --amend --no-edit --agent alice -- src/logout.ts',
  );
  implement(commit, host, async () => (await import('../commands/commit.ts')).commit);
}
