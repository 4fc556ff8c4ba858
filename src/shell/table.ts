/**
 * Which files commands write and show: one row each, in the words of its manual. Options are listed with blanks between them, and only
 * those that matter: those that take a value (so that it is not taken for a file), and those that change what is written.
 *
 * `chmod` and `chown` are left out: they change no content. So are builds and package managers, whose files are listed nowhere.
 */
export interface CommandRow {
  /** Options that take a value, in the next word or attached. */
  readonly valued?: string;
  /** Options whose value can only be attached. */
  readonly attached?: string;
  /** Options whose value is a file that is written. */
  readonly outputs?: string;
  /** Options whose value is a folder, below which everything may be written. */
  readonly folders?: string;
  /** Options whose value is the folder that the operands are put into. */
  readonly into?: string;
  /** It writes only with one of these. */
  readonly only?: string;
  /** It writes nothing with one of these. */
  readonly unless?: string;
  /** What it writes is a new file of the name, also in place of a link: always, or with one of these options. */
  readonly replaces?: true | string;
  /** Its targets are links to its sources with one of these: what is written by such a name then is the source. */
  readonly symbolic?: string;
  /** Its targets are further names of its sources, else or with one of these: whoever writes one writes both. */
  readonly hard?: true | string;
  /** It writes what a link leads to with one of these. */
  readonly follows?: string;
  /** Everything below what it writes is meant, too: always, or with one of these options. */
  readonly tree?: true | string;
  /**
   * What its operands are. `written`, `first` or `last` of them; `copied`, `moved`, `linked`: all but the last are the sources;
   * `shown`: read. Without: no files.
   */
  readonly operands?: 'written' | 'first' | 'last' | 'copied' | 'moved' | 'linked' | 'shown';
  /** The first operand is no file (the script of `sed`), unless one of these options is given; '': always. */
  readonly scriptUnless?: string;
  /** Without operands it is of the working folder. */
  readonly alone?: true;
  /** It matches patterns in its operands itself. */
  readonly globs?: true;
  /** It shows its operands where it does not write them. */
  readonly shows?: true;
  /** It makes the file with this ending of the one without, or the other way round. */
  readonly ending?: string;
  /** `-type`, not `-t -y -p -e`. */
  readonly singleDash?: true;
}

const formatter = { operands: 'written', tree: true, globs: true } as const;
const archive = { alone: true, tree: true } as const;
const shown = { operands: 'shown' } as const;
const compiler = { outputs: '-o', valued: '-I -L -D -l -x -W' } as const;
const compression = {
  operands: 'written',
  unless: '-c --stdout --to-stdout -l --list -t --test',
  valued: '-S --suffix',
} as const;
const grep = {
  ...shown,
  scriptUnless: '-e --regexp -f --file',
  valued:
    '-e --regexp -f --file -A -B -C -m --max-count --after-context --before-context --context --include --exclude --exclude-dir',
} as const;
const awk = {
  ...shown,
  scriptUnless: '-f --file',
  valued: '-f --file -v --assign -F --field-separator',
} as const;

export const commandTable: Readonly<Record<string, CommandRow>> = {
  // Files as such.
  touch: { operands: 'written', valued: '-d --date -r --reference -t' },
  truncate: { operands: 'written', valued: '-s --size -r --reference' },
  tee: { operands: 'written' },
  sponge: { operands: 'written' },
  rm: { operands: 'written', replaces: true, tree: '-r -R --recursive' },
  rmdir: { operands: 'written' },
  unlink: { operands: 'written', replaces: true },
  shred: { operands: 'written', valued: '-n --iterations -s --size' },
  trash: { operands: 'written', replaces: true, tree: true },
  mkfifo: { operands: 'written', valued: '-m --mode' },
  mv: {
    operands: 'moved',
    into: '-t --target-directory',
    valued: '-S --suffix',
    replaces: true,
    tree: true,
  },
  cp: {
    operands: 'copied',
    into: '-t --target-directory',
    valued: '-S --suffix',
    replaces: '--remove-destination',
    symbolic: '-s --symbolic-link',
    hard: '-l --link',
    tree: '-r -R -a --recursive --archive',
  },
  ln: {
    operands: 'linked',
    into: '-t --target-directory',
    valued: '-S --suffix',
    replaces: true,
    symbolic: '-s --symbolic',
    hard: true,
  },
  link: { operands: 'linked', replaces: true, hard: true },
  install: {
    operands: 'copied',
    into: '-t --target-directory',
    unless: '-d --directory',
    replaces: true,
    valued: '-m --mode -o --owner -g --group -S --suffix',
  },
  rsync: {
    operands: 'last',
    replaces: true,
    follows: '--inplace',
    tree: true,
    unless: '-n --dry-run --list-only',
    valued:
      '-e --rsh -f --filter -T --temp-dir -B --block-size -M --remote-option --exclude --include --exclude-from --include-from --files-from --chmod --log-file',
  },
  scp: { operands: 'last', tree: true, valued: '-P -i -o -F -c -l -J -S' },
  sort: {
    outputs: '-o --output',
    valued:
      '-k --key -t --field-separator -S --buffer-size -T --temporary-directory --parallel --files0-from',
  },

  // Editors of streams.
  sed: {
    operands: 'written',
    replaces: true,
    follows: '--follow-symlinks',
    only: '-i --in-place',
    attached: '-i --in-place',
    scriptUnless: '-e --expression -f --file',
    valued: '-e --expression -f --file -l --line-length',
    shows: true,
  },
  perl: {
    operands: 'written',
    replaces: true,
    only: '-i',
    attached: '-i -D -C',
    scriptUnless: '-e -E',
    valued: '-e -E -I -F -M -m',
  },
  ruby: {
    operands: 'written',
    replaces: true,
    only: '-i',
    attached: '-i',
    scriptUnless: '-e',
    valued: '-e -I -r -F',
  },
  yq: {
    operands: 'written',
    only: '-i --inplace',
    scriptUnless: '--from-file',
    valued: '-o --output-format -p --input-format -I --indent --from-file',
    shows: true,
  },
  ed: { operands: 'written', valued: '-p --prompt' },
  ex: { operands: 'written', valued: '-c -u -S' },
  vim: { operands: 'written', valued: '-c -u -S' },
  vi: { operands: 'written', valued: '-c -u -S' },
  nano: { operands: 'written' },
  emacs: { operands: 'written', valued: '-l --load -f --funcall --eval' },
  iconv: { outputs: '-o --output', valued: '-f -t --from-code --to-code' },
  pandoc: { outputs: '-o --output', valued: '-f -t --from --to' },

  // What comes from elsewhere.
  unzip: { ...archive, folders: '-d', unless: '-l -t -p -v -Z -z -c', valued: '-P -x' },
  zip: { operands: 'first', valued: '-x -i -P -b' },
  gzip: { ...compression, ending: '.gz' },
  gunzip: { ...compression, ending: '.gz' },
  bzip2: { ...compression, ending: '.bz2' },
  bunzip2: { ...compression, ending: '.bz2' },
  xz: { ...compression, ending: '.xz' },
  unxz: { ...compression, ending: '.xz' },
  zstd: { ...compression, ending: '.zst' },

  // Compilers, as far as they are told where to.
  gcc: compiler,
  cc: compiler,
  'g++': compiler,
  'c++': compiler,
  clang: compiler,
  'clang++': compiler,
  ld: compiler,
  rustc: { outputs: '-o', folders: '--out-dir', valued: '-L -l -C --crate-type --edition' },
  'go build': { outputs: '-o', singleDash: true, valued: '-tags -ldflags -gcflags -p -mod' },

  // Formatters: files, folders and patterns.
  prettier: {
    ...formatter,
    only: '-w --write',
    valued:
      '--config --ignore-path --plugin --parser --log-level --print-width --tab-width --trailing-comma --stdin-filepath --cache-location',
  },
  eslint: {
    ...formatter,
    only: '--fix',
    alone: true,
    outputs: '-o --output-file',
    valued:
      '-c --config --ext --rule --parser --plugin --ignore-path --ignore-pattern -f --format --max-warnings --cache-location',
  },
  oxlint: {
    ...formatter,
    only: '--fix --fix-suggestions --fix-dangerously',
    alone: true,
    valued: '-c --config -A -D -W -f --format --tsconfig',
  },
  stylelint: { ...formatter, only: '--fix', valued: '--config -f --formatter' },
  'biome format': { ...formatter, only: '--write --fix', alone: true },
  'biome lint': { ...formatter, only: '--write --fix --apply', alone: true },
  'biome check': { ...formatter, only: '--write --fix --apply', alone: true },
  'dprint fmt': { ...formatter, alone: true },
  'deno fmt': { ...formatter, alone: true, unless: '--check' },
  gofmt: { ...formatter, only: '-w', singleDash: true, valued: '-r -cpuprofile' },
  goimports: { ...formatter, only: '-w', singleDash: true, valued: '-local' },
  'go fmt': { alone: true, tree: true },
  'go generate': { alone: true, tree: true },
  rustfmt: { operands: 'written', unless: '--check', valued: '--edition --config --config-path --emit' },
  'cargo fmt': { alone: true, tree: true, unless: '--check' },
  'cargo fix': { alone: true, tree: true },
  'cargo clippy': { alone: true, tree: true, only: '--fix' },
  black: {
    ...formatter,
    unless: '--check --diff',
    valued: '-l --line-length -t --target-version --config --include --exclude --extend-exclude -c --code',
  },
  isort: {
    ...formatter,
    unless: '-c --check-only --check --diff',
    valued: '-l --line-length --profile --settings-path',
  },
  autopep8: { ...formatter, only: '-i --in-place', valued: '--max-line-length --select --ignore' },
  yapf: { ...formatter, only: '-i --in-place', valued: '--style' },
  'ruff format': {
    ...formatter,
    alone: true,
    unless: '--check --diff',
    valued: '--config --line-length --target-version --exclude',
  },
  'ruff check': {
    ...formatter,
    alone: true,
    only: '--fix --fix-only',
    valued: '--config --select --ignore --extend-select --exclude --output-format',
  },
  'clang-format': { ...formatter, only: '-i', singleDash: true, valued: '-style -assume-filename' },
  shfmt: { ...formatter, only: '-w --write', valued: '-i --indent -ln --language-dialect' },
  'terraform fmt': { ...formatter, alone: true, singleDash: true, unless: '-check' },

  // What shows files.
  cat: shown,
  bat: {
    ...shown,
    valued: '-l --language -r --line-range -H --highlight-line --style --theme --color --paging',
  },
  head: { ...shown, valued: '-n --lines -c --bytes' },
  tail: { ...shown, valued: '-n --lines -c --bytes -s --sleep-interval --pid' },
  nl: { ...shown, valued: '-b -d -f -h -i -l -n -s -v -w' },
  less: { ...shown, valued: '-p -P -x -b -j -z' },
  more: { ...shown, valued: '-n' },
  diff: { ...shown, valued: '-U -C -W -I -x --label --exclude' },
  grep: { ...grep, unless: '-r -R --recursive -l -L -c -q --files-with-matches --count --quiet' },
  egrep: grep,
  fgrep: grep,
  rg: {
    ...grep,
    unless: '-l --files --files-with-matches -c --count -q --quiet',
    valued: `${grep.valued} -g --glob -t --type -T --type-not -M --max-columns -r --replace -j --threads --sort`,
  },
  awk,
  gawk: awk,
  mawk: awk,
};
