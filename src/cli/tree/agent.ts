import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent, takeOverFlag } from './options.ts';

const load = () => import('../commands/agent.ts');

/** `rhema agent`: who takes part. */
export function addAgentCommands(program: Command, host: Host): void {
  const group = program.command('agent').description('join and leave, and see who takes part');
  addJoin(group, host);
  addOwnState(group, host);
  addViews(group, host);
}

function addJoin(group: Command, host: Host): void {
  const join = group
    .command('join')
    .description('take part under a name; the session is kept for later calls with --agent NAME')
    .argument('<name>', "letters, digits and . _ @ / -; 'parent/child' for a subagent")
    .option('--task <text>', 'what it works on, for the others to see')
    .option('--program <name>', 'what runs it, such as claude-code')
    .option('--model <name>', 'the model behind it')
    .option('--meta <key=value...>', 'more about it')
    .option(takeOverFlag, 'go on as an agent that lives in a client; that client is refused from then on');
  examples(
    join,
    'rhema agent join alice --task "refactor auth"',
    'rhema agent join bob --json',
    'rhema agent join alice --take-over',
  );
  notes(join, `${naming}\n\n${takingOver}`);
  implement(join, host, async () => (await load()).join);
}

const naming = `A name is refused that reads like a word of rhema itself or like one who gives orders, with or without a number (rhema,
granted, root, operator-2), like a part of it or of its answers (rhema-mcp, GRANTED-api), or like the name of an agent that is
known (c1aude, modern beside modem).`;

const takingOver = `An agent that lives in a client (rhema mcp) acts there only; whatever acts as it elsewhere is refused (AGENT_KEPT, 3). With
--take-over you act as it here: it keeps its locks and its ticket, that client is refused from then on, and the log tells who
took over.`;

const declaring = `An agent works while it holds a lock, and then may say that it is blocked, that it works again, or that it has completed;
without a lock it is idle, and may say that it has completed, and take that back. With the status that it has, --reason tells
the others how it goes.`;

function addOwnState(group: Command, host: Host): void {
  const leave = actingAgent(
    group.command('leave').description('leave: its locks, its ticket and its session end'),
  ).argument('[name]', 'the agent; instead of --agent');
  examples(leave, 'rhema agent leave alice');
  implement(leave, host, async () => (await load()).leave);

  const set = actingAgent(
    group.command('set').description('say what the agent does; completed releases its locks'),
  )
    .argument('<status>', 'idle, working, blocked or completed')
    .option('--reason <text>', 'how it goes, for the others to read; why, when blocked: required for that');
  examples(
    set,
    'rhema lock acquire src/core --agent alice && rhema agent set working --reason "reads the tests" --agent alice',
    'rhema agent set working --reason "half of the tests pass" --agent alice',
    'rhema agent set blocked --reason "needs a decision about the schema" --agent alice',
    'rhema agent set completed --agent alice',
  );
  notes(set, declaring);
  implement(set, host, async () => (await load()).setStatus);

  const heartbeat = actingAgent(
    group.command('heartbeat').description('renew the session and every lease of the agent'),
  ).argument('[name]', 'the agent; instead of --agent');
  examples(heartbeat, 'rhema agent heartbeat alice');
  implement(heartbeat, host, async () => (await load()).heartbeat);
}

function addViews(group: Command, host: Host): void {
  const list = group.command('list').description('everyone who takes part, and who was lost');
  examples(list, 'rhema agent list', 'rhema agent list --json');
  implement(list, host, async () => (await load()).list);

  const status = group
    .command('status')
    .description('one agent: what it does, holds and waits for')
    .option('--agent <name>', 'which one; else RHEMA_AGENT')
    .argument('[name]', 'the agent; instead of --agent');
  examples(status, 'rhema agent status alice');
  implement(status, host, async () => (await load()).status);
}
