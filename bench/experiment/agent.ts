/**
 * One agent, from the first of its jobs to the last. It reads what it is about to change, thinks, and writes what it has made of
 * what it read; then it commits. It knows nothing of others: what it does for them, it does because it was refused and told so.
 * Refused a file, it commits what it has, goes on with its next job, and waits for the file when it comes back to it.
 */
import { isStale, waitNamed } from './advice.ts';
import type { Answer, Client } from './client.ts';
import { commit, stash, undo, unstash } from './committing.ts';
import type { Edit, Job } from './jobs.ts';
import type { Part, Steps } from './part.ts';
import type { Script } from './schedule.ts';
import { acquireNow, giveBack, waitForTurn } from './waiting.ts';

/** A job, or what is left of it. */
interface Open {
  readonly job: Job;
  readonly edits: readonly Edit[];
  /** The command that waits for what it was refused. */
  readonly wait: string | null;
}

export async function* workThrough(part: Part): Script {
  const { client, asking } = part;
  await client.begin();
  if (asking !== null) await client.shell(asking.join);
  const open: Open[] = part.jobs.map((job) => ({ job, edits: job.edits, wait: null }));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const left = yield* attempt(part, next);
    if (left === null) part.onJobDone();
    else open.push(left);
    yield null;
  }
  await client.end();
}

/** What is left of the job. */
async function* attempt(part: Part, open: Open): Steps<Open | null> {
  const asked = open.wait ?? part.asking?.acquire(open.edits.map(({ file }) => file)) ?? null;
  if (open.wait !== null) yield* waitForTurn(part, open.wait);
  else if (asked !== null) {
    const wait = await acquireNow(part, asked);
    if (wait !== null) return { ...open, wait };
  }
  const left = yield* work(part, open);
  // With hooks it goes back when it is committed.
  if (asked !== null && part.asking !== null) await giveBack(part, asked);
  return left;
}

async function* work(part: Part, { job, edits }: Open): Steps<Open | null> {
  const contents = new Map<string, string>();
  for (const { file } of edits) {
    contents.set(file, await read(part.client, file));
    yield null;
  }
  for (let step = 0; step < job.thinking; step += 1) yield null;
  const done: Edit[] = [];
  for (const edit of edits) {
    const wait = await write(part, job, edit, contents.get(edit.file) ?? '');
    if (wait !== null) {
      yield* finish(part, job, done);
      return { job, edits: edits.slice(done.length), wait };
    }
    done.push(edit);
    yield null;
  }
  yield* finish(part, job, done);
  return null;
}

async function read(client: Client, file: string): Promise<string> {
  const answer = await client.read(file);
  if (answer.kind === 'refused') throw new Error(`a read was refused: ${answer.text}`);
  return answer.stdout;
}

/** Null: it is written; else the command that waits for the file. */
async function write(part: Part, job: Job, edit: Edit, content: string): Promise<string | null> {
  const { client, tally } = part;
  const answer = await put(client, edit, content);
  if (answer.kind === 'ran') {
    if (answer.code !== 0) throw new Error(answer.stderr);
    if (job.kind !== 'undo') tally.written.add(edit.line);
    return null;
  }
  tally.refusals += 1;
  if (isStale(answer.text)) return write(part, job, edit, await read(client, edit.file));
  const wait = waitNamed(answer.text);
  if (wait === null) throw new Error(`an edit was refused, and no way is named: ${answer.text}`);
  return wait;
}

function put(client: Client, { file, line, after, means }: Edit, content: string): Promise<Answer> {
  if (means === 'sed') return client.shell(`sed -i '${after}a ${line}' ${file}`);
  const lines = content.split('\n');
  const changed = [...lines.slice(0, after), line, ...lines.slice(after)].join('\n');
  return means === 'cat'
    ? client.shell(`cat > ${file} <<'END_OF_FILE'\n${changed}END_OF_FILE\n`)
    : client.write(file, changed);
}

async function* finish(part: Part, job: Job, done: readonly Edit[]): Steps<void> {
  if (done.length === 0) return;
  const own = done.map(({ file }) => file);
  if (job.kind === 'undo') return undo(part, own);
  if (job.kind === 'stash') yield* lookWithoutOwn(part, job, done);
  await commit(part, job, own);
}

/** Puts its changes aside, looks, and takes them back. What Git does not give back it writes anew. */
async function* lookWithoutOwn(part: Part, job: Job, done: readonly Edit[]): Steps<void> {
  const isAside = await stash(
    part,
    done.map(({ file }) => file),
  );
  yield null;
  if (!isAside) return;
  let isBack = await unstash(part.client);
  while (isBack === null) {
    part.tally.refusals += 1;
    yield null;
    isBack = await unstash(part.client);
  }
  yield null;
  if (isBack) return;
  for (const edit of done) {
    const content = withoutMarkers(await read(part.client, edit.file));
    if (!content.includes(`${edit.line}\n`)) await write(part, job, { ...edit, means: 'Write' }, content);
    yield null;
  }
}

/** Of a conflict both sides are kept. */
const withoutMarkers = (content: string): string => content.replaceAll(/^(?:<{7}|={7}|>{7}).*\n/gm, '');
