/**
 * Walks the core's graphs through the public interfaces, more broadly than the test suite has time for. From the root of
 * the repository:
 *
 *     npm run spec:paths                                      all of it
 *     npm run spec:paths -- cover client [MODEL ...]          one interface: client, cli, mcp or processes
 *     npm run spec:paths -- again cli Hold21 'Tick' ...       one path, as the report on a difference names it
 */
import { longCases, type Case } from './cases.ts';
import { kindOf } from './kinds.ts';
import { retrace, tour } from './tour.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function cover([face, ...models]: readonly string[]): Promise<void> {
  const isWanted = (one: Case): boolean =>
    (face === undefined || one.face === face) && (models.length === 0 || models.includes(one.model));
  for (const one of longCases.filter(isWanted)) await coverOne(one);
}

async function coverOne({ face, model, breadth }: Case): Promise<void> {
  const startedAtMs = performance.now();
  const { paths, steps, covered, missed, obstacles, report } = await tour(kindOf(face), model, breadth);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const left = obstacles.size === 0 ? '' : `, ${obstacles.size} labels that it has no words for`;
  say(
    `${face} ${model}: ${covered} ${breadth}, ${steps} steps on ${paths} paths, ${missed} missed${left}: ${seconds} s`,
  );
  conclude(report);
}

async function again([face = '', model = '', ...labels]: readonly string[]): Promise<void> {
  conclude(await retrace(kindOf(face), model, labels));
}

function conclude(report: string | null): void {
  if (report === null) return;
  say(report);
  process.exitCode = 1;
}

const tasks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = { cover, again };

const [task = 'cover', ...args] = process.argv.slice(2);
const run = tasks[task];
if (run === undefined)
  throw new Error(`unknown task ${JSON.stringify(task)}: ${Object.keys(tasks).join(' or ')}`);
await run(args);
