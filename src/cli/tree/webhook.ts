import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema webhook`: who is told of what happens. */
export function addWebhookCommands(program: Command, host: Host): void {
  const load = () => import('../commands/webhook.ts');
  const group = program
    .command('webhook')
    .description('whom rhema serve calls when something happens (docs/webhooks.md)');

  const create = group
    .command('create')
    .description('call an address from now on; the secret that signs the calls is shown this once')
    .argument('<name>', 'how it is called here')
    .requiredOption('--url <url>', 'where to; https, or http on this machine')
    .option('--on <kinds...>', 'only these events (lock.acquired), or groups of them (lock); else all')
    .option('--scope <scope>', 'only what concerns this scope, and what is below it')
    .option('--insecure', 'http to other machines, too: others can read what is sent')
    .usage('--url <url> [options] <name>');
  examples(
    create,
    'rhema webhook create chat --url https://chat.example.org/hooks/7 --on violation agent.lost',
    'rhema webhook create core --url http://127.0.0.1:9000/ --on lock --scope src/core',
  );
  implement(create, host, async () => (await load()).webhookCreate);

  const list = group.command('list').description('all webhooks and how they stand, without their secrets');
  examples(list, 'rhema webhook list --json');
  implement(list, host, async () => (await load()).webhookList);

  const one = (name: string, description: string, ...lines: readonly string[]): Command => {
    const command = group.command(name).description(description).argument('<webhook>', 'its name or its id');
    examples(command, ...lines);
    return command;
  };

  const test = one(
    'test',
    'send an event that stands for none, and show the answer',
    'rhema webhook test chat',
  );
  implement(test, host, async () => (await load()).webhookTest);

  const deliveries = one(
    'deliveries',
    'what was sent last, how often, and what was answered',
    'rhema webhook deliveries chat',
  );
  implement(deliveries, host, async () => (await load()).webhookDeliveries);

  const enable = one(
    'enable',
    'go on with one that was switched off, or try at once',
    'rhema webhook enable chat',
    'rhema webhook enable chat --from-now',
  ).option('--from-now', 'leave out what was not told meanwhile');
  implement(enable, host, async () => (await load()).webhookEnable);

  const rotate = one(
    'rotate',
    'make a new secret; the one before signs as well for 24 hours',
    'rhema webhook rotate chat',
  );
  implement(rotate, host, async () => (await load()).webhookRotate);

  const remove = one('delete', 'call nobody by it from now on', 'rhema webhook delete chat');
  implement(remove, host, async () => (await load()).webhookDelete);
}
