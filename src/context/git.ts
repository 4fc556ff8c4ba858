import { execFile, type ExecFileException } from 'node:child_process';
import { ContextError } from './errors.ts';

export interface GitCall {
  readonly cwd: string;
  readonly args: readonly string[];
  /** Sent to Git's standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Git is ended after this long. Unless given it may take as long as it takes. */
  readonly timeoutMs?: number;
  /** Is told what Git said beside its answer: it warns of what it could not look at, and goes on. */
  readonly onWarning?: (said: string) => void;
}

/** Git's answers are lists of paths and small files; more than this is a mistake. */
const outputBytesMax = 512 * 1024 * 1024;

/**
 * Runs Git without a shell and gives its standard output. Takes no optional lock (so that it never disturbs an agent's
 * own Git command) and speaks English (so that its messages can be told apart).
 *
 * @throws ContextError GIT_MISSING when there is no Git, GIT_FAILED with what Git said when it refuses, GIT_SILENT when
 * it took too long.
 */
export function runGit({ cwd, args, input, env, timeoutMs = 0, onWarning }: GitCall): Promise<Buffer> {
  const options = {
    cwd,
    encoding: 'buffer' as const,
    maxBuffer: outputBytesMax,
    timeout: timeoutMs,
    env: { ...(env ?? process.env), GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
  };
  return new Promise((resolve, reject) => {
    const child = execFile('git', args, options, (error, stdout, stderr) => {
      const said = stderr.toString('utf8');
      if (error !== null) return reject(gitError(args, error, said));
      onWarning?.(said);
      resolve(stdout);
    });
    // Git may leave before it has read everything; its exit status then tells why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/**
 * The environment without Git's own variables. In a hook they speak of the tree that is being committed, and a command
 * about another tree must not be led there.
 */
export function withoutGitVariables(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')));
}

function gitError(args: readonly string[], error: ExecFileException, said: string): ContextError {
  if (error.code === 'ENOENT')
    return new ContextError('GIT_MISSING', `git was not found: install it, or put it on the PATH`, {
      cause: error,
    });
  const call = `git ${args[0] ?? ''}`;
  // Only a call that took too long is ended by us.
  if (error.killed === true)
    return new ContextError('GIT_SILENT', `${call} does not answer: it took too long`, { cause: error });
  const reason = onOneLine(said) || onOneLine(error.message);
  return new ContextError('GIT_FAILED', `${call} failed: ${reason}`, { cause: error });
}

/** What Git said, as sentences on one line: whoever shows it to people must not let it break lines. */
function onOneLine(said: string): string {
  const lines = said.split('\n').flatMap((text) => {
    const trimmed = text.trim().replace(/^(fatal|error|hint): /, '');
    return trimmed === '' ? [] : [trimmed];
  });
  const last = lines.length - 1;
  return lines.map((text, place) => (place === last || /[.:;,!?]$/.test(text) ? text : `${text}.`)).join(' ');
}
