import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent } from './options.ts';

const entries = () => import('../commands/context-entries.ts');
const whole = () => import('../commands/context-whole.ts');
const versions = () => import('../commands/context-versions.ts');

const scopeHelp = 'of this scope, where a kind of files is named; else of the one that this folder is in';
const fileHelp = 'the file, or its kind, such as todos';

/** The commands of `rhema context` that write, and those that tell what was written before. */
export function addContextWriting(group: Command, host: Host): void {
  const add = writing(
    group,
    'add',
    'append an entry to a context file; a new file is made where there is none',
  )
    .argument('[fields...]', 'key=text, or key:=json')
    .option(
      '--under <key>',
      'the key at the top of the file under which it goes; else where most entries are',
    );
  notes(add, fieldNotes);
  examples(
    add,
    "rhema context add todos title='Rename the session' priority=high",
    "rhema context add knowledge title='Tokens' content='They are revisions.' confidence:=8 --scope src/core",
    `rhema context add src/core/.rhema/decisions.yaml title='One log' description='...' 'alternatives:=["two logs"]'`,
  );
  implement(add, host, async () => (await entries()).addToContext);

  const set = writing(group, 'set', 'set keys of an entry, and take others out')
    .argument('<id>', 'the entry')
    .argument('[fields...]', 'key=text, or key:=json')
    .option('--unset <keys...>', 'keys to be taken out');
  notes(set, fieldNotes);
  examples(
    set,
    'rhema context set todos rename-the-session status=completed',
    'rhema context set knowledge tokens confidence:=9 --unset source --scope src/core',
  );
  implement(set, host, async () => (await entries()).setInContext);

  const remove = writing(group, 'remove', 'take an entry out of a context file').argument(
    '<id>',
    'the entry',
  );
  examples(remove, 'rhema context remove todos rename-the-session');
  implement(remove, host, async () => (await entries()).removeFromContext);

  const write = writing(group, 'write', 'replace a context file as a whole')
    .option('--from <path>', 'the file that has the text; else it is read from standard input')
    .option('--base <digest>', 'what you began with, as rhema context history shows it');
  notes(write, conflictNotes);
  examples(write, 'rhema context write todos --from todos.new.yaml --base 3f786850e387');
  implement(write, host, async () => (await whole()).writeContextFile);

  const record = writing(group, 'record', 'take note of a context file as it is, whoever has changed it');
  examples(record, 'rhema context record todos', 'rhema context record src/core/.rhema/knowledge.yaml');
  implement(record, host, async () => (await whole()).recordContextFile);

  const history = group
    .command('history')
    .description('what a context file was: the newest 100 contents are kept')
    .argument('<context-file>', fileHelp)
    .argument('[digest]', 'show that content in full')
    .option('--scope <scope>', scopeHelp);
  examples(history, 'rhema context history todos', 'rhema context history todos 3f786850e387');
  implement(history, host, async () => (await versions()).contextHistory);

  const restore = writing(group, 'restore', 'put back what a context file was').option(
    '--digest <digest>',
    'a content of its history; else what was recorded last, or what was before that',
  );
  examples(restore, 'rhema context restore todos', 'rhema context restore todos --digest 3f786850e387');
  implement(restore, host, async () => (await versions()).restoreContext);
}

/** A command that writes one file, as an agent or as one that joins for it. */
function writing(group: Command, name: string, description: string): Command {
  const command = group.command(name).description(description).argument('<context-file>', fileHelp);
  return actingAgent(command)
    .option('--scope <scope>', scopeHelp)
    .option('--wait [time]', 'wait in line for the file, for so long at most; 10s unless you say otherwise');
}

const fieldNotes = `context.related_files:='["a.ts"]' sets a key in the map of another, of which the rest stays. Only the lines of the entry are changed: remarks, order and layout of everything else stay as they are. What would
not be sound (see rhema context check) is refused, and nothing is written. The file is locked while it is written: an agent
that holds it, or its scope, writes under that; without --agent and RHEMA_AGENT one joins for the command and leaves.`;

const conflictNotes = `Without --base a file that is there already is none that you began with. Where it is not what you began with,
agent_coordination.sync_settings.conflict_resolution decides: manual refuses with CONTEXT_CONFLICT and keeps your text,
merge brings both together entry by entry, latest lets yours win. What is replaced can be put back: rhema context restore.`;
