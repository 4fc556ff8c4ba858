/**
 * A Git folder of our own, for a moment, in which merges are tried: what is made there is in no repository, and of the
 * repository's configuration, which may name programs that merge, nothing is read there.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit, withoutGitVariables } from './git.ts';
import { readText } from './git-folder.ts';

export interface MergeRoom {
  readonly folder: string;
  /** For Git commands of the repository whose new objects are to be kept here. */
  readonly keepsHere: Readonly<Record<string, string>>;
  /** Of what decides on merges beside the contents. */
  readonly rules: string;
  /** Git within the room. */
  git(args: readonly string[], input?: string): Promise<string>;
  close(): void;
}

/** Of a run that was killed; no run takes as long. */
const abandonedAfterMs = 10 * 60_000;
const prefix = 'room-';

interface Wish {
  /** Where rooms are, this user's alone; it is there. */
  readonly parent: string;
  readonly commonDir: string;
  /** The tree whose attributes say how files are merged; null: none. */
  readonly tree: string | null;
  readonly isSha256: boolean;
  readonly nowMs: number;
}

export function openMergeRoom({ parent, commonDir, tree, isSha256, nowMs }: Wish): MergeRoom {
  sweep(parent, nowMs);
  const folder = mkdtempSync(join(parent, prefix));
  const objects = join(folder, 'objects');
  for (const name of ['objects', 'refs', 'info']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  writeFileSync(join(folder, 'config'), configText(isSha256));
  const attributes = [
    ...(tree === null ? [] : [join(tree, '.gitattributes')]),
    join(commonDir, 'info', 'attributes'),
  ]
    .map((path) => readText(path) ?? '')
    .join('\n');
  writeFileSync(join(folder, 'info', 'attributes'), attributes);
  const shallow = readText(join(commonDir, 'shallow'));
  if (shallow !== null) writeFileSync(join(folder, 'shallow'), shallow);
  const keepsHere = {
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(commonDir, 'objects')),
  };
  const env = { ...withoutGitVariables(), ...keepsHere, ...noConfiguration, ...nobody, GIT_DIR: folder };
  return {
    folder,
    keepsHere,
    rules: createHash('sha256').update(attributes).digest('hex').slice(0, 16),
    git: async (args, input) =>
      (await runGit({ cwd: folder, args, env, ...(input === undefined ? {} : { input }) })).toString('utf8'),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Commits of the same content have the same name. */
const nobody = {
  GIT_AUTHOR_NAME: 'rhema',
  GIT_AUTHOR_EMAIL: 'rhema@localhost',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'rhema',
  GIT_COMMITTER_EMAIL: 'rhema@localhost',
  GIT_COMMITTER_DATE: '@0 +0000',
};

const noConfiguration = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '0',
  GIT_CONFIG_PARAMETERS: '',
  GIT_ATTR_NOSYSTEM: '1',
};

const configText = (isSha256: boolean): string =>
  `[core]\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n\tbare = true\n${
    isSha256 ? '[extensions]\n\tobjectFormat = sha256\n' : ''
  }`;

/** As Git takes a path in a list of them, whichever signs it has. */
const quoted = (path: string): string => `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** What runs that were killed have left. */
function sweep(parent: string, nowMs: number): void {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(prefix))) {
    const path = join(parent, name);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - changedMs > abandonedAfterMs) rmSync(path, { recursive: true, force: true });
  }
}
