/**
 * Contents that files of the working tree had, kept in the repository's own object store under a ref for each file, out of
 * reach of `git gc`. No branch has them, and no push or fetch takes them along unless all refs are asked for.
 */
import { createHash } from 'node:crypto';
import type { ScopePath } from '../../core/index.ts';
import { RepositoryError } from '../errors.ts';
import type { Repository } from './folders.ts';
import { runGit, withoutGitVariables } from './git.ts';

/** Contents of one file; the oldest give way. */
export const keptVersionsMax = 100;
/** Two processes that keep contents of one file at once: one of them tries again. */
const triesMax = 5;

export interface KeptVersion {
  /** SHA-256 of the content, as hex. */
  readonly digest: string;
  /** Grows with each content that was kept of the file. */
  readonly number: number;
  /** Whether it never was in the file: somebody wanted to write it, and was refused. */
  readonly isRefused: boolean;
}

export interface KeptVersions {
  /** Keeps contents, the last one as the newest; one that is the newest already is not kept again. */
  keep(path: ScopePath, texts: readonly (string | Uint8Array)[]): Promise<void>;
  /** Keeps a content that was refused. */
  keepRefused(path: ScopePath, text: string): Promise<void>;
  /** The text of a digest; null when it is not kept, or not any more. */
  kept(path: ScopePath, digest: string): Promise<string | null>;
  /** The newest first. */
  list(path: ScopePath): Promise<readonly KeptVersion[]>;
}

interface Version extends KeptVersion {
  readonly blob: string;
}

/** @throws RepositoryError GIT_FAILED when Git cannot write, and as `runGit` does. */
export function keptVersions({ commonDir }: Pick<Repository, 'commonDir'>): KeptVersions {
  const env = { ...withoutGitVariables(), GIT_DIR: commonDir };
  const settings = ['core.fsync=committed,loose-object,reference'];
  const git: Git = async (args, input) => {
    const call = { cwd: commonDir, env, args, settings };
    return (await runGit(input === undefined ? call : { ...call, input })).toString('utf8');
  };
  const keeper = new Keeper(git);
  return {
    keep: (path, texts) => keeper.keep(path, texts, false),
    keepRefused: (path, text) => keeper.keep(path, [text], true),
    kept: (path, digest) => keeper.kept(path, digest),
    list: (path) => keeper.list(path),
  };
}

type Git = (args: readonly string[], input?: string | Uint8Array) => Promise<string>;

class Keeper {
  readonly #git: Git;

  constructor(git: Git) {
    this.#git = git;
  }

  async keep(path: ScopePath, texts: readonly (string | Uint8Array)[], isRefused: boolean): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#keepOnce(path, texts, isRefused);
      } catch (error) {
        // Another process has moved the ref, or has its lock: then what it kept is there on the next try.
        if (tries === triesMax || !isOvertaken(error)) throw error;
      }
    }
  }

  async #keepOnce(
    path: ScopePath,
    texts: readonly (string | Uint8Array)[],
    isRefused: boolean,
  ): Promise<void> {
    const ref = refOf(path);
    const tree = await this.#treeOf(ref);
    const before = tree === null ? [] : await this.#versionsIn(tree);
    const after = [...before];
    for (const text of texts) {
      const digest = digestOf(text);
      // What was refused since did not change the file.
      if (after.findLast((one) => isRefused || !one.isRefused)?.digest === digest) continue;
      const blob = (await this.#git(['hash-object', '-w', '--stdin'], text)).trim();
      after.push({ digest, number: (after.at(-1)?.number ?? 0) + 1, isRefused, blob });
    }
    if (after.length === before.length) return;
    const lines = after.slice(-keptVersionsMax).map(({ digest, number, blob, ...version }) => {
      const mark = version.isRefused ? refusedMark : '';
      return `100644 blob ${blob}\t${String(number).padStart(9, '0')}-${digest}${mark}\n`;
    });
    const next = (await this.#git(['mktree'], lines.join(''))).trim();
    await this.#git(['update-ref', ref, next, tree ?? noObject(next)]);
  }

  async kept(path: ScopePath, digest: string): Promise<string | null> {
    const tree = await this.#treeOf(refOf(path));
    if (tree === null) return null;
    const found = (await this.#versionsIn(tree)).findLast((version) => version.digest === digest);
    return found === undefined ? null : this.#git(['cat-file', 'blob', found.blob]);
  }

  async list(path: ScopePath): Promise<readonly KeptVersion[]> {
    const tree = await this.#treeOf(refOf(path));
    if (tree === null) return [];
    return (await this.#versionsIn(tree)).toReversed().map(({ digest, number, isRefused }) => ({
      digest,
      number,
      isRefused,
    }));
  }

  /** Null: nothing was kept yet. */
  async #treeOf(ref: string): Promise<string | null> {
    const said = await this.#git(['for-each-ref', '--format=%(objectname)', ref]);
    return said.trim() === '' ? null : said.trim();
  }

  /** The oldest first. Whatever else somebody has put there is not ours. */
  async #versionsIn(tree: string): Promise<Version[]> {
    const said = await this.#git(['ls-tree', tree]);
    return said.split('\n').flatMap((line) => {
      const [, blob, number, digest, mark] =
        /^\d+ blob ([0-9a-f]+)\t(\d{9})-([0-9a-f]{64})(-refused)?$/.exec(line) ?? [];
      if (blob === undefined || number === undefined || digest === undefined) return [];
      return [{ digest, number: Number(number), isRefused: mark === refusedMark, blob }];
    });
  }
}

const refusedMark = '-refused';

/** A path may be no name of a ref, and two of them one on a disk that does not tell letters' cases apart. */
function refOf(path: ScopePath): string {
  return `refs/rhema/context/${createHash('sha256').update(path).digest('hex').slice(0, 40)}`;
}

/** That a ref must not be there yet, in the object format of the repository. */
const noObject = (like: string): string => '0'.repeat(like.length);

const digestOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

function isOvertaken(error: unknown): boolean {
  return (
    error instanceof RepositoryError &&
    error.code === 'GIT_FAILED' &&
    /cannot lock ref|reference already exists|is at .* but expected/.test(error.message)
  );
}
