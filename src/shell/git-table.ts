/** Git's commands: one row each, with the options that take a value, and what it does. */
import { applyBranch, applyLocalRefspecs, applySymbolicRef, applyUpdateRef } from './git-branches.ts';
import { amended, begunAnew, rebased, resetTo, rewritten } from './dropped-commits.ts';
import { textField, textOf, type Field } from './fields.ts';
import { fieldWithin, lastName } from './findings.ts';
import type { GitCall, GitForms } from './git-call.ts';
import { changedByPatch } from './patches.ts';
import { isEverything, isSurelyPath } from './pathspecs.ts';
import type { GitKind } from './reading.ts';

export interface GitCommand extends GitForms {
  readonly apply: (call: GitCall) => void;
}

const from = '--pathspec-from-file';

/** What moves files as a whole, unless it only ends or shows what is under way. */
const moving = (kind: GitKind, valued: string, ...unless: readonly string[]): GitCommand => ({
  valued,
  asked: unless.join(' '),
  apply: (call) => {
    if (!call.has(...unless)) call.operation(kind);
  },
});

const rewriting = (valued: string): GitCommand => ({
  valued,
  apply: (call) => call.operation('filter-branch', null, { drops: rewritten }),
});

/** Of subcommands of its own. */
const withWords = (kind: GitKind, valued: string, words: readonly string[]): GitCommand => ({
  valued,
  apply: (call) => {
    if (words.includes(textOf(call.operands[0]) ?? '')) call.operation(kind);
  },
});

function add(call: GitCall): void {
  if (call.has('-n', '--dry-run')) return;
  const paths = call.operands;
  const isAll = paths.some(isEverything) || (paths.length === 0 && call.has('-A', '--all', '-u', '--update'));
  if (isAll) call.operation(call.has('-u', '--update') && !call.has('-A', '--all') ? 'addTracked' : 'addAll');
  else if (paths.length > 0) call.operation('add', paths);
  else if (call.has(from)) call.unjudged('arguments');
  else if (call.has('-p', '--patch', '-i', '--interactive', '-e', '--edit')) call.operation('add');
}

function commit(call: GitCall): void {
  if (call.has('--dry-run', '--short', '--porcelain', '--long')) return;
  const drops = amended(call);
  if (call.has('-a', '--all')) return call.operation('commitAll', null, { drops });
  if (call.has(from)) call.unjudged('arguments');
  call.operation('commit', call.operands, { drops });
}

function stash(call: GitCall): void {
  const [first, ...rest] = call.operands;
  const isNamed = call.afterDashes?.length !== call.operands.length;
  const word = isNamed ? (textOf(first) ?? 'push') : 'push';
  if (word === 'clear') return call.operation('dropStash');
  if (word === 'drop') return call.operation('dropStash', null, { entry: entryOf(rest[0]) });
  if (['list', 'show', 'create', 'store'].includes(word)) return;
  if (['pop', 'apply'].includes(word)) return call.operation('unstash', null, { entry: entryOf(rest[0]) });
  if (word === 'branch') {
    call.operation('checkout');
    return call.operation('unstash', null, { entry: entryOf(rest[1]) });
  }
  const paths = word === 'push' ? (call.afterDashes ?? rest) : [];
  const isAll = call.has('-u', '--include-untracked', '-a', '--all');
  call.operation(isAll && paths.length === 0 ? 'stashAll' : 'stash', paths);
  call.writes(paths);
}

/** The newest, where none is named. */
function entryOf(named: Field | undefined): string | null {
  const text = named === undefined ? '0' : textOf(named);
  return text !== null && /^\d+$/.test(text) ? `stash@{${text}}` : text;
}

function reset(call: GitCall): void {
  const drops = resetTo(call.operands[0]);
  if (call.has('--hard', '--merge', '--keep')) return call.operation('resetHard', null, { drops });
  if (call.has('--soft')) return call.operation('resetSoft', null, { drops });
  const [first, ...more] = call.operands;
  const isPath = first !== undefined && (isSurelyPath(first) || (more.length > 0 && !isRevision(first)));
  const paths = call.afterDashes ?? (isPath ? call.operands : more);
  if (paths.length === 0) {
    const orPath = first === undefined || isRevision(first) ? null : textOf(first);
    return call.operation('reset', null, { orPath, drops });
  }
  call.operation(paths.some(isEverything) ? 'reset' : 'unstage', paths);
}

function clean(call: GitCall): void {
  if (call.has('-n', '--dry-run') || !call.has('-f', '--force', '-i', '--interactive')) return;
  const paths = call.operands;
  call.operation('clean', paths);
  call.writes(paths);
}

function checkout(call: GitCall): void {
  if (call.has('-b', '-B', '--orphan')) return branch(call, call.value('-B'));
  const paths = call.afterDashes;
  if (call.has(from)) return call.unjudged('arguments');
  if (paths !== null && paths.length > 0) return restored(call, paths);
  const { operands } = call;
  if (operands.length > 1) return restored(call, isRevision(operands[0]) ? operands.slice(1) : operands);
  const [only] = operands;
  if (only === undefined) {
    if (call.has('-f', '--force')) call.operation('restore');
    return call.has('--detach', '-d') ? call.operation('checkout') : undefined;
  }
  if (isSurelyPath(only)) return restored(call, operands);
  const orPath = paths !== null || call.has('--detach', '-d') ? null : textOf(only);
  call.operation('checkout', null, { orPath });
}

const isRevision = (field: Field | undefined): boolean =>
  field?.kind === 'unknown' || /^(HEAD|@|[0-9a-f]{7,40}|[\w/.-]+[~^].*)$/.test(textOf(field) ?? '');

/** A new branch where HEAD is leaves the files as they are. */
function branch(call: GitCall, again: Field | undefined): void {
  const [start] = call.operands;
  const drops = again === undefined ? null : begunAnew(again, start);
  call.operation(start === undefined ? 'newBranch' : 'checkout', null, { drops });
}

function restored(call: GitCall, paths: readonly Field[]): void {
  if (paths.some(isEverything)) call.operation('restore', paths);
  call.writes(paths);
}

function switchTo(call: GitCall): void {
  if (call.has('-c', '-C', '--create', '--force-create', '--orphan'))
    return branch(call, call.value('-C', '--force-create'));
  if (call.operands.length > 0 || call.has('--detach', '-d')) call.operation('checkout');
}

function restore(call: GitCall): void {
  const paths = call.operands;
  if (call.has(from)) call.unjudged('arguments');
  if (call.has('--staged', '-S') && !call.has('--worktree', '-W'))
    return call.operation(paths.some(isEverything) ? 'reset' : 'unstage', paths);
  restored(call, paths);
}

function remove(call: GitCall): void {
  if (call.has('-n', '--dry-run')) return;
  call.operation(call.has('--cached') ? 'unstage' : 'rm', call.operands);
  call.writes(call.operands);
}

/** What it names goes into the next commit, or out of it. */
function updateIndex(call: GitCall): void {
  if (call.has('--stdin', '--index-info')) return call.unjudged('arguments');
  if (call.has(...marking)) return;
  const [, , listed] = textOf(call.value('--cacheinfo'))?.split(',') ?? [];
  const paths = [...call.operands, ...(listed === undefined ? [] : [textField(listed)])];
  if (paths.length > 0) call.operation(call.has('--force-remove') ? 'unstage' : 'add', paths);
}

/** They tell Git how to look at files. */
const marking = [
  '--refresh',
  '--really-refresh',
  '--skip-worktree',
  '--no-skip-worktree',
  '--assume-unchanged',
  '--no-assume-unchanged',
];

function move(call: GitCall): void {
  if (call.has('-n', '--dry-run') || call.operands.length < 2) return;
  const sources = call.operands.slice(0, -1);
  const target = call.operands.at(-1) as Field;
  call.operation('mv', call.operands);
  for (const source of sources) call.writesPlain(source);
  const [only] = sources;
  const name = sources.length === 1 && only !== undefined ? lastName(only) : null;
  if (name?.kind === 'text' && !isSurelyPath(target)) return call.writesPlain(target, name.text);
  for (const source of sources) call.writesPlain(fieldWithin(target, lastName(source) ?? textField('')));
}

function apply(call: GitCall): void {
  const shows = ['--stat', '--numstat', '--summary', '--check'];
  if (call.has(...shows) && !call.has('--apply')) return;
  const level = textOf(call.value('-p'));
  const paths =
    call.input === null || call.operands.some((operand) => textOf(operand) !== '-')
      ? []
      : changedByPatch(call.input, level === null ? 1 : Number(level)).map(textField);
  if (call.has('--cached')) return call.operation('add', paths);
  call.operation('apply', paths);
  for (const path of paths) call.writesFile(path);
}

function worktree(call: GitCall): void {
  const [word, ...paths] = call.operands;
  const name = textOf(word) ?? '';
  if (!['add', 'remove', 'move'].includes(name)) return;
  const meant = name === 'add' ? paths.slice(0, 1) : paths;
  call.operation('worktree', meant);
  for (const path of meant) call.writesPlain(path);
}

/** Those that show something can put it into a file. */
const shows: GitCommand = {
  valued: '--output -o --output-directory',
  apply: (call) => {
    const file = call.value('--output');
    if (file !== undefined) call.writesFile(file);
  },
};

const commitOptions =
  '-m --message -F --file -C --reuse-message -c --reedit-message -t --template --author --date --fixup --squash --trailer --cleanup --pathspec-from-file';
const picks = '-m --mainline -s --strategy -X --strategy-option --cleanup';

export const gitCommands: Readonly<Record<string, GitCommand>> = {
  add: { valued: `--chmod ${from}`, asked: '--all --update --dry-run --patch', apply: add },
  stage: { valued: `--chmod ${from}`, asked: '--all --update --dry-run --patch', apply: add },
  am: moving('am', '-p -C --directory --exclude --include', '--show-current-patch', '--quit'),
  apply: {
    valued: '-p -C --directory --exclude --include --build-fake-ancestor',
    asked: '--check --stat --cached',
    apply,
  },
  archive: { valued: '-o --output --prefix --format', apply: (call) => outputs(call, '-o', '--output') },
  bisect: withWords('bisect', '--term-new --term-old', [
    'start',
    'good',
    'bad',
    'new',
    'old',
    'skip',
    'reset',
    'run',
    'replay',
  ]),
  branch: {
    valued: '-u --set-upstream-to',
    asked: '--delete --force --move --copy --remotes',
    apply: applyBranch,
  },
  checkout: {
    valued: `-b -B --orphan --conflict ${from}`,
    asked: '--detach --patch --force',
    apply: checkout,
  },
  'checkout-index': {
    valued: '--prefix --stage',
    apply: (call) => (call.has('-a', '--all') ? call.operation('restore') : call.writes(call.operands)),
  },
  'cherry-pick': moving('cherry-pick', picks, '--quit'),
  clean: { valued: '-e --exclude', asked: '--dry-run --force --interactive', apply: clean },
  commit: {
    valued: commitOptions,
    attached: '-S -u --gpg-sign --untracked-files',
    asked: '--all --amend --dry-run --no-verify --only --include --interactive --patch',
    noVerify: ['-n'],
    apply: commit,
  },
  diff: shows,
  fetch: {
    valued: '--depth --deepen --shallow-since --upload-pack --refmap -o --server-option -j --jobs',
    asked: '--dry-run --force',
    apply: (call) => {
      if (!call.has('--dry-run')) applyLocalRefspecs(call);
    },
  },
  'filter-branch': rewriting('--tree-filter --index-filter --msg-filter --env-filter -d'),
  'filter-repo': rewriting('--path'),
  'format-patch': {
    valued: '-o --output-directory -v -n',
    apply: (call) => outputs(call, '-o', '--output-directory'),
  },
  log: shows,
  merge: moving(
    'merge',
    '-m --message -F --file -s --strategy -X --strategy-option --cleanup --into-name',
    '--quit',
  ),
  mv: { apply: move },
  pull: moving('pull', '-s --strategy -X --strategy-option --depth -j --jobs', '--dry-run'),
  push: {
    valued: '-o --push-option --repo --receive-pack --exec',
    asked: '--dry-run --no-verify --force --force-with-lease --delete',
    apply: (call) => {
      if (call.has('-n', '--dry-run')) return;
      call.operation('push');
      applyLocalRefspecs(call);
    },
  },
  'read-tree': {
    valued: '--prefix --index-output',
    apply: (call) => {
      if (call.has('-u')) call.operation('read-tree');
    },
  },
  rebase: {
    valued: '--onto -x --exec -s --strategy -X --strategy-option -C',
    asked: '--show-current-patch --edit-todo --quit --continue --abort --skip --interactive --root',
    apply: (call) => {
      if (call.has('--show-current-patch', '--edit-todo', '--quit')) return;
      const isUnderWay = call.has('--continue', '--abort', '--skip');
      call.operation('rebase', null, { drops: isUnderWay ? null : rebased(call) });
    },
  },
  reset: { valued: from, asked: '--hard --soft --mixed --merge --keep', apply: reset },
  restore: { valued: `-s --source --conflict ${from}`, asked: '--staged --worktree --patch', apply: restore },
  revert: moving('revert', picks, '--quit'),
  rm: { valued: from, asked: '--cached --dry-run --force', apply: remove },
  show: shows,
  'sparse-checkout': withWords('sparse-checkout', '', ['set', 'add', 'reapply', 'disable', 'init']),
  stash: {
    valued: `-m --message ${from}`,
    asked: '--keep-index --include-untracked --all --patch --staged',
    apply: stash,
  },
  submodule: withWords('submodule', '-b --branch --depth --reference --name', [
    'add',
    'update',
    'deinit',
    'set-branch',
    'foreach',
  ]),
  'symbolic-ref': { valued: '-m', apply: applySymbolicRef },
  switch: {
    valued: '-c -C --create --force-create --orphan --conflict',
    asked: '--detach --discard-changes --force',
    apply: switchTo,
  },
  'update-index': {
    valued: '--cacheinfo --chmod --index-version',
    asked: '--force-remove --stdin --index-info --refresh --skip-worktree --assume-unchanged',
    apply: updateIndex,
  },
  'update-ref': { valued: '-m', asked: '--stdin', apply: applyUpdateRef },
  worktree: { valued: '-b -B --reason --expire', apply: worktree },
};

function outputs(call: GitCall, ...names: readonly string[]): void {
  const file = call.value(...names);
  if (file === undefined) return;
  if (names.includes('--output-directory')) call.writesPlain(file);
  else call.writesFile(file);
}

/** They change nothing in a working tree. Any other word may be an alias. */
export const readOnlyCommands: ReadonlySet<string> = new Set(
  'annotate blame bundle cat-file check-attr check-ignore check-mailmap check-ref-format cherry clone column commit-graph commit-tree config count-objects credential daemon describe diff-files diff-index diff-tree difftool for-each-ref for-each-repo format-rev fsck gc get-tar-commit-id grep hash-object help hook index-pack init interpret-trailers lfs ls-files ls-remote ls-tree mailinfo maintenance merge-base merge-file merge-tree mktree multi-pack-index name-rev notes pack-objects pack-refs patch-id prune range-diff reflog remote repack replace rerere rev-list rev-parse send-email shortlog show-branch show-index show-ref status stripspace tag unpack-objects update-server-info var verify-commit verify-pack verify-tag version whatchanged write-tree'.split(
    ' ',
  ),
);
