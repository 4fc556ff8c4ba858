import { execFile, spawnSync, type ExecFileException } from 'node:child_process';
import { RepositoryError } from '../errors.ts';
import { endAll, noSuchProgram, withOwnDeadline } from './git-deadline.ts';
import { GitSilence, ignoreFileInTheWay, pipeInTheWay } from './git-silence.ts';
import { pipeWaitedFor } from './read-pipe.ts';

export interface GitCall {
  readonly cwd: string;
  readonly args: readonly string[];
  /** Sent to Git's standard input. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Git is ended after this long; {@link gitAnswerMaxMs} unless given. */
  readonly timeoutMs?: number;
  /** Is told what Git said beside its answer: it warns of what it could not look at, and goes on. */
  readonly onWarning?: (said: string) => void;
  /** More of the configuration, as `key=value`. */
  readonly settings?: readonly string[];
  /** The question is where hooks are, so the configuration's answer is not hidden. For a call that runs none. */
  readonly asksForHooks?: boolean;
}

/**
 * A repository's configuration may name programs that Git starts, and it comes with the repository: from an archive, from
 * another user. Nothing that we ask of Git needs one. An empty `core.fsmonitor` is off for every version of Git; those before
 * 2.36 would start a program called `false`.
 */
const noPrograms = [
  'core.fsmonitor=',
  'core.pager=cat',
  'core.alternateRefsCommand=',
  'core.gitProxy=',
  'core.sshCommand=false',
  'credential.helper=',
  'diff.external=',
  'protocol.allow=never',
  'submodule.recurse=false',
];
const noHooks = 'core.hooksPath=/dev/null';

/** The same for what Git reads from its environment; objects that a partial clone lacks are not fetched, either. */
const noProgramsByEnvironment = {
  GIT_ALLOW_PROTOCOL: '',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/**
 * A pipe in the place of a file that Git reads (an ignore file, an included configuration) would keep it waiting for ever, and
 * everyone who waits for us. Less than whoever starts an owner waits for it, so that he is told why.
 */
const gitAnswerMaxMs = 20_000;

/** Git mostly answers sooner: after that it is looked for a pipe that it may wait for. */
const doubtAfterMs = 1_000;

/** For calls that read little or nothing: only a broken Git, a pipe in a file's place or a dead network disk takes longer. */
export const shortCallMaxMs = 5_000;

/** Of this process: what holds Git up is in the user's configuration or on the disk, if it is not in the repository. */
const silence = new GitSilence();

/** Git's answers are lists of paths and small files; more than this is a mistake. */
const outputBytesMax = 512 * 1024 * 1024;

/**
 * Runs Git without a shell and gives its standard output. It starts no program that a configuration names, takes no optional
 * lock (so that it never disturbs an agent's own Git command) and speaks English (so that its messages can be told apart).
 *
 * @throws RepositoryError GIT_MISSING when there is no Git, GIT_FAILED with what Git said when it refuses, GIT_SILENT when
 * it took too long.
 */
export function runGit(call: GitCall): Promise<Buffer> {
  const { cwd, args, input, env = process.env, onWarning } = call;
  const pipe = pipeInTheWay(cwd, env['GIT_DIR']) ?? ignoreFileInTheWay(cwd, args);
  if (pipe !== null) return Promise.reject(waitsForPipe(args, pipe));
  const options = {
    cwd,
    encoding: 'buffer' as const,
    maxBuffer: outputBytesMax,
    killSignal: 'SIGKILL' as const,
    env: { ...env, ...noProgramsByEnvironment },
  };
  const words = wordsFor(call);
  const timeoutMs = silence.patienceMs(call.timeoutMs ?? gitAnswerMaxMs);
  const program = withOwnDeadline('git', words, timeoutMs);
  return new Promise((resolve, reject) => {
    let isLate = false;
    let isOver = false;
    let heldUpBy: string | null = null;
    const child = execFile(program.file, program.args, options, (error, stdout, stderr) => {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(doubt);
      if (heldUpBy !== null) return reject(waitsForPipe(args, heldUpBy));
      if (isLate) return reject(tookTooLong(args, error));
      const said = stderr.toString('utf8');
      if (error !== null) return reject(gitError(args, error, said));
      onWarning?.(said);
      resolve(stdout);
    });
    const timer = setTimeout(() => {
      isLate = true;
      silence.fell();
      endAll(child);
    }, timeoutMs);
    const look = async (): Promise<void> => {
      heldUpBy = await pipeWaitedFor(cwd, () => isOver);
      if (heldUpBy !== null) endAll(child);
    };
    const doubt = setTimeout(() => void look(), Math.min(doubtAfterMs, timeoutMs / 2));
    // Git may leave before it has read everything; its exit status then tells why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** A short answer at once, for what cannot wait for one: of an index, of the configuration. Null where Git has none. */
export function askGitAtOnce(cwd: string, args: readonly string[]): string | null {
  if (pipeInTheWay(cwd, undefined) !== null) return null;
  const env = { ...withoutGitVariables(), ...noProgramsByEnvironment };
  const limits = { timeout: shortCallMaxMs, killSignal: 'SIGKILL', maxBuffer: shortAnswerBytesMax } as const;
  const { status, stdout } = spawnSync('git', wordsFor({ args }), { cwd, env, encoding: 'utf8', ...limits });
  return status === 0 ? stdout : null;
}

const shortAnswerBytesMax = 1024 * 1024;

function wordsFor({ args, asksForHooks = false, settings = [] }: Omit<GitCall, 'cwd'>): string[] {
  const hooks = asksForHooks ? [] : [noHooks];
  return [...[...noPrograms, ...hooks, ...settings].flatMap((setting) => ['-c', setting]), ...args];
}

/**
 * The environment without Git's own variables. In a hook they speak of the tree that is being committed, and a command
 * about another tree must not be led there. Those by which a user configures Git stay: what `core.excludesFile` ignores and
 * `safe.directory` accepts holds for us as for Git.
 */
export function withoutGitVariables(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG_')),
  );
}

function gitError(args: readonly string[], error: ExecFileException, said: string): RepositoryError {
  if (error.code === 'ENOENT' || error.code === noSuchProgram)
    return new RepositoryError('GIT_MISSING', `git was not found: install it, or put it on the PATH`, {
      cause: error,
    });
  const tooFew = /\bE[MN]FILE$/.test(error.message)
    ? '; too few files may be open at once: raise that limit (ulimit -n)'
    : '';
  const reason = (onOneLine(said) || onOneLine(error.message)) + tooFew;
  return new RepositoryError('GIT_FAILED', `${named(args)} failed: ${reason}`, { cause: error });
}

const named = (args: readonly string[]): string => `git ${args[0] ?? ''}`;

function tookTooLong(args: readonly string[], cause: Error | null): RepositoryError {
  return new RepositoryError(
    'GIT_SILENT',
    `${named(args)} does not answer: it took too long; look for a pipe among the files that Git reads (ignore files, attributes, configuration), or at the disk`,
    { cause },
  );
}

function waitsForPipe(args: readonly string[], pipe: string): RepositoryError {
  return new RepositoryError(
    'GIT_SILENT',
    `${named(args)} would not answer: ${pipe} is a pipe, for which Git waits for ever; put a file in its place`,
  );
}

/** What Git said, as sentences on one line: whoever shows it to people must not let it break lines. */
function onOneLine(said: string): string {
  const lines = said.split('\n').flatMap((text) => {
    const trimmed = text.trim().replace(/^(fatal|error|hint): /, '');
    return trimmed === '' ? [] : [trimmed];
  });
  const last = lines.length - 1;
  return lines.map((text, index) => (index === last || /[.:;,!?]$/.test(text) ? text : `${text}.`)).join(' ');
}
