/** How an agent ends a job: it commits, or takes back what was a trial. */
import { narrowerNamed } from './advice.ts';
import type { Answer, Client } from './client.ts';
import type { Job } from './jobs.ts';
import type { Part } from './part.ts';

const triesMax = 3;

/** As one who thinks of nobody else; where that is refused, by the narrower command that the refusal names. */
export async function commit({ client, tally }: Part, job: Job, own: readonly string[]): Promise<void> {
  let command = commandFor(job, own);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await client.shell(command);
    if (answer.kind === 'refused') {
      tally.refusals += 1;
      command = narrowerCommit(job, answer.text, own);
      continue;
    }
    if (answer.code === 0) return;
    tally.failedCommits += 1;
    // Somebody else has committed it, or Git says what is wrong: then all of it is tried.
    if (/nothing (?:added )?to commit|no changes added/.test(answer.stdout)) return;
    command = `git add -A && git commit -m '${job.name}'`;
  }
}

function commandFor({ name, style }: Job, own: readonly string[]): string {
  switch (style) {
    case 'add -A':
      return `git add -A && git commit -m '${name}'`;
    case 'commit -a':
      return `git commit -a -m '${name}'`;
    case 'named':
      return `git commit -m '${name}' -- ${own.join(' ')}`;
  }
}

function narrowerCommit({ name }: Job, text: string, own: readonly string[]): string {
  const named = narrowerNamed(text, own);
  if (named === null) throw new Error(`a commit was refused, and no other is named: ${text}`);
  return named.startsWith('git add ')
    ? `${named} && git commit -m '${name}'`
    : named.replace('git commit ', `git commit -m '${name}' `);
}

/** Takes a trial back. */
export async function undo({ client, tally }: Part, own: readonly string[]): Promise<void> {
  const answer = await client.shell('git checkout .');
  if (answer.kind === 'ran') return;
  tally.refusals += 1;
  mustRun(await client.shell(`git checkout -- ${own.join(' ')}`));
}

/** Whether anything was put aside. */
export async function stash({ client, tally }: Part, own: readonly string[]): Promise<boolean> {
  const first = await client.shell('git stash');
  if (first.kind === 'ran') return first.stdout.startsWith('Saved');
  tally.refusals += 1;
  const narrower = narrowerNamed(first.text, own);
  if (narrower === null) throw new Error(`a stash was refused, and no other is named: ${first.text}`);
  return mustRun(await client.shell(narrower)).startsWith('Saved');
}

/** Null: it was refused, and is to be tried again when others have committed; false: Git could not put it back. */
export async function unstash(client: Client): Promise<boolean | null> {
  const answer = await client.shell('git stash pop');
  return answer.kind === 'refused' ? null : answer.code === 0;
}

function mustRun(answer: Answer): string {
  if (answer.kind === 'refused') throw new Error(`even the narrower command was refused: ${answer.text}`);
  return answer.stdout;
}
