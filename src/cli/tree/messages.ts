import { Option } from 'commander';
import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent } from './options.ts';

const load = () => import('../commands/messages.ts');

/** `rhema say` and `rhema inbox`: what agents and people say to agents. */
export function addMessageCommands(program: Command, host: Host): void {
  const say = actingAgent(
    program
      .command('say')
      .description('say something to an agent, to whoever holds something, or to all')
      .argument('<text>', 'what is said: at most 2,000 characters'),
  )
    .option('--to <agent>', 'for this agent')
    .option('--holder-of <lock>', 'for whoever holds this file, scope or @resource, or what overlaps it')
    .option('--all', 'for all agents that are present')
    .addOption(
      new Option(
        '--kind <kind>',
        'info, question, answer, stop or request_release; default: info, or request_release with --holder-of',
      ),
    )
    .option('--operator', 'say it as an operator, also where RHEMA_AGENT is set');
  examples(
    say,
    'rhema say "may I have it for a minute?" --holder-of src/core --agent bob',
    'rhema say "which branch do you work on?" --to bob --kind question --agent alice',
    'rhema say "the release is being cut: stop editing" --all --kind stop',
  );
  notes(say, saying);
  implement(say, host, async () => (await load()).say);

  const inbox = actingAgent(
    program.command('inbox').description('the messages that an agent has not read; each is shown once'),
  );
  examples(inbox, 'rhema inbox --agent alice', 'rhema inbox --agent alice --json');
  implement(inbox, host, async () => (await load()).inbox);
}

const saying = `Without --agent and RHEMA_AGENT an operator speaks. A message changes no lock: whoever is asked to give something back decides
itself. It is refused where nobody else is there to hear it (NO_RECIPIENT), and where an agent sends more than 30 within a
minute (MESSAGE_LIMIT_REACHED). An agent that leaves, or is lost, never reads what it had not read; the log tells how many
messages that were.`;
