/** Locks that an agent acquires by its own word: because it asks before it works, or because a refusal has named the command. */
import { releaseNamed } from './advice.ts';
import type { Part, Steps } from './part.ts';

const waits = ' --wait';

/** Null: it has the locks; else the command that waits for them. */
export async function acquireNow({ client, tally }: Part, command: string): Promise<string | null> {
  const answer = await client.shell(command);
  if (answer.kind === 'ran' && answer.code === 0) return null;
  tally.refusals += 1;
  return `${command}${waits}`;
}

export async function* waitForTurn(part: Part, command: string): Steps<void> {
  const { client, tally, isServed } = part;
  tally.waits += 1;
  const beside = await client.shellBeside(command);
  if (beside === null) throw new Error(`waiting was refused: ${command}`);
  await beside.running.heard;
  const [, agent = ''] = / --agent (\S+)/.exec(command) ?? [];
  yield { isOver: () => isServed(agent), end: beside.running.ended };
  const { code, stderr } = await beside.finish();
  if (code === 0) return;
  // All that it has written is committed: it gives back what it still holds, as it is told, and waits anew.
  const release = /WOULD_DEADLOCK/.test(stderr) ? releaseNamed(stderr) : null;
  if (release === null) throw new Error(`waited in vain: ${command}: ${stderr}`);
  // The hook names the program by its path, the program itself by its name.
  const program = command.slice(0, command.indexOf(' lock '));
  const answer = await client.shell(release.replace(/^rhema(?= )/, program));
  if (answer.kind === 'refused' || answer.code !== 0) throw new Error(`not given back: ${release}`);
  yield* waitForTurn(part, command);
}

/** What was acquired by one's own word nobody else gives back. */
export async function giveBack({ client }: Part, command: string): Promise<void> {
  const release = command.replace(' lock acquire ', ' lock release ').replace(/ --ttl \S+/, '');
  const answer = await client.shell(release.replace(waits, ''));
  if (answer.kind === 'refused' || answer.code !== 0) throw new Error(`not given back: ${release}`);
}
