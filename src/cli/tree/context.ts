import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { addContextWriting } from './context-writing.ts';

const load = {
  list: async () => (await import('../commands/context-list.ts')).listContexts,
  show: async () => (await import('../commands/context-show.ts')).showContext,
  search: async () => (await import('../commands/context-search.ts')).searchContexts,
  check: async () => (await import('../commands/context-check.ts')).checkContexts,
};

const scopeHelp = 'of this scope, where a kind of files is named; else of the one that this folder is in';

/** `rhema context`: what agents keep in the context files of scopes. */
export function addContextCommands(program: Command, host: Host): void {
  const group = program
    .command('context')
    .description('context files: the knowledge, todos, decisions, patterns and conventions of scopes');

  const list = group
    .command('list')
    .description('the context files of scopes, and whether they are as the log has them')
    .argument('[scopes...]', 'only of these scopes');
  notes(list, listNotes);
  examples(list, 'rhema context list', 'rhema context list src/core --json');
  implement(list, host, load.list);

  const show = group
    .command('show')
    .description('the entries of a context file; or one of them in full')
    .argument('<context-file>', 'the file, or its kind, such as todos')
    .argument('[id]', 'only the entry of that id')
    .option('--scope <scope>', scopeHelp);
  examples(
    show,
    'rhema context show todos',
    'rhema context show todos login-form --scope src/web',
    'rhema context show src/core/.rhema/decisions.yaml --json',
  );
  implement(show, host, load.show);

  const check = group
    .command('check')
    .description('check what is in context files; 3 when there is an error')
    .argument('[context-files...]', 'files, kinds of files such as todos, or scopes; else of all scopes')
    .option('--scope <scope>', scopeHelp);
  notes(check, checkNotes);
  examples(check, 'rhema context check', 'rhema context check todos', 'rhema context check src/core --json');
  implement(check, host, load.check);

  const search = group
    .command('search')
    .description('what is known: entries with these words, the best and the nearest first')
    .argument('[words...]', 'none: all that is known where it is asked for')
    .option('--for <path>', 'near this file, folder or scope; else near the folder where you are')
    .option('--only <kinds...>', 'these kinds: knowledge, todos, decisions, patterns or conventions')
    .option('--limit <number>', 'at most so many', '10');
  notes(search, searchNotes);
  examples(
    search,
    'rhema context search session tokens',
    'rhema context search --for src/core/login.ts',
    'rhema context search retries --only decisions conventions --json',
  );
  implement(search, host, load.search);

  addContextWriting(group, host);
}

const listNotes = `Shown are the files of the five kinds that are there, and every other file that was recorded as a context file of
the scope. Its column LOG says who recorded it last, and whether it was changed since without being recorded.`;

const searchNotes = `Near is the scope itself, then what it depends on and what is around it, step by step. Entries that have all words come
before those that have some; a word may be begun, or misspelt by a letter.`;

const checkNotes = `An error is what makes an entry unusable or is refused upstream: no title, an id twice, an unknown status, a date that is none.
A warning is what can be read, though it should be written otherwise, or what leads nowhere. Warnings leave the exit code
at 0. The files are read in the working tree, and no coordinator is asked.`;
