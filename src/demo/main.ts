/** `npm start`: several agents on a clone of a repository, with deaths and accidents, and a verdict from the log. */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { Director } from './director.ts';
import { playEpilogue } from './epilogue.ts';
import { cliMain, type Served } from './owner.ts';
import { DemoServer } from './serving.ts';
import { prepareStage, type Stage } from './stage.ts';
import { judge, type Verdict } from './verdict.ts';
import { LiveView } from './view.ts';

const usage = `Runs several agents against each other on a clone of a Git repository, and judges the log.

  npm start                     on this repository
  npm start -- --repo PATH      on a clone of another one
  npm start -- --keep           leaves the clone where it is, to look at
  npm start -- --serve          all of them over HTTP, by a server that stays open afterwards, to look at
  npm start -- --clients        instead: real coding agents (fetched from npm, about 1.7 GB) with scripted models
`;

const drawEveryMs = 250;
const sayEveryMs = 2_000;
const timeLimitMs = 60_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      repo: { type: 'string', default: '.' },
      keep: { type: 'boolean' },
      serve: { type: 'boolean' },
      clients: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.clients === true) return performWithClients();
  const stage = prepareStage(values.repo);
  process.stdout.write(`a clone of ${values.repo} in ${stage.worktree}\n`);
  try {
    return values.serve === true ? await performServed(stage) : await perform(stage);
  } finally {
    if (values.keep !== true) stage.clear();
  }
}

/** Everybody takes part over HTTP; the server stays until it is interrupted. */
async function performServed(stage: Stage): Promise<number> {
  const server = await DemoServer.start(stage.worktree, join(stage.folder, 'state'));
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  try {
    const { served } = server;
    const code = await perform({ ...stage, served }, interrupted);
    if (code === interruptedCode) return code;
    process.stdout.write(`\n${lookAround(served)}\n`);
    await interrupted;
    return code;
  } finally {
    await server.stop();
  }
}

const interruptedCode = 130;
const never = new Promise<void>(() => undefined);

const lookAround = ({
  url,
  tokenFile,
}: Served): string => `The server stays at ${url}, until Ctrl-C. In another shell:

  export RHEMA_SERVER=${url} RHEMA_TOKEN_FILE=${tokenFile}
  ${process.execPath} ${cliMain} status
  curl -N -H "Authorization: Bearer $(cat ${tokenFile})" ${url}/api/v1/events`;

async function perform(stage: Stage, interrupted: Promise<void> = never): Promise<number> {
  const startedAt = performance.now();
  const secondsSoFar = (): number => (performance.now() - startedAt) / 1000;
  const view = new LiveView(process.stdout, secondsSoFar);
  const director = await Director.begin(stage, (line) => view.say(line));
  const drawing = setInterval(
    () =>
      void director.coordinator
        .query({ kind: 'status', at: null })
        .then((status) => view.draw(status, director.actors))
        // The coordinator is killed during the play; the next drawing finds its successor.
        .catch(() => undefined),
    process.stdout.isTTY ? drawEveryMs : sayEveryMs,
  );
  try {
    const plot = await Promise.race([withinLimit(director.play()), interrupted]);
    if (plot === undefined) return interruptedCode;
    clearInterval(drawing);
    view.erase();
    const verdict = judge(plot, stage.worktree);
    const unkept = await playEpilogue(stage, (line) => view.say(line));
    return tell({ ...verdict, faults: [...verdict.faults, ...unkept] }, secondsSoFar().toFixed(1));
  } finally {
    clearInterval(drawing);
    for (const actor of director.actors) if (actor.end === null) actor.signal('SIGKILL');
  }
}

async function performWithClients(): Promise<number> {
  const { playWithClients } = await import('./clients/index.ts');
  const faults = await playWithClients((text) => process.stdout.write(`${text}\n`));
  return faults === null
    ? 0
    : tellFaults(
        faults,
        'The lock passed on, and the stale write was refused, both times; with hooks nobody wrote what another agent had.',
      );
}

function withinLimit<T>(play: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not done after ${timeLimitMs / 1000} s: somebody waits for ever`)),
      timeLimitMs,
    );
    play.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function tell({ figures, faults }: Verdict, seconds: string): number {
  for (const [name, value] of figures) process.stdout.write(`${name.padEnd(22)} ${value}\n`);
  process.stdout.write(`${'took'.padEnd(22)} ${seconds} s\n\n`);
  return tellFaults(
    faults,
    'Nothing was held twice, nothing that was told is missing from the log, every invariant held.',
  );
}

function tellFaults(faults: readonly string[], praise: string): number {
  for (const fault of faults) process.stdout.write(`FAULT: ${fault}\n`);
  const isSound = faults.length === 0;
  process.stdout.write(
    isSound
      ? `${praise}\n`
      : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}: this run is not what was promised.\n`,
  );
  return isSound ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
