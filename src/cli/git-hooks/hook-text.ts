/**
 * The texts of Git hooks. One small file, `rhema` in the hooks folder of the Git folder, decides in shell whether there is anything to ask,
 * and starts the program only then. A hook of Git calls it by a few lines between two marks: they are the whole hook where there was
 * none, and stand before all else in a hook of others, which is then run as before.
 */

/** Those that have something to ask, and those that have something to do. */
export const hookNames = [
  'pre-commit',
  'pre-merge-commit',
  'pre-applypatch',
  'commit-msg',
  'pre-push',
  'reference-transaction',
  'post-commit',
  'post-merge',
  'post-checkout',
  'post-rewrite',
] as const;
export type HookName = (typeof hookNames)[number];

const branches: HookName = 'reference-transaction';

/** Git hands these something on their standard input, which the rest of the hook wants, too. */
const withInput: ReadonlySet<HookName> = new Set(['pre-push', 'reference-transaction']);
export const takesInput = (name: HookName): boolean => withInput.has(name);

/** The file that the hooks call. */
export const scriptName = 'rhema';

const begin = '# rhema:begin';
const end = '# rhema:end';
/** Of a hook that was not there before. */
const whole = `${begin} (all of this file is of: rhema hooks install git)`;

/** Where the hook lies: beside the script, or in a folder of the working tree, where others may have it without the script. */
export type HookPlace = 'beside' | 'shared';

/** The file that all hooks call. `words`: how the program is started, each as it is; `server`: of which locks are asked about. */
export function scriptText(
  [file, ...args]: readonly [string, ...string[]],
  server: string | null = null,
): string {
  const [main = ''] = args;
  return `#!/bin/sh
# Called by the hooks of Git with their name and arguments: rhema hooks install git.
# It starts rhema only where that has something to say or to do.
hook=$1
shift
common=\${0%/*}/..
program=${quoted(file)}
case $program in */*) [ -x "$program" ] || program=\${program##*/} ;; esac

there() {
  command -v "$program" >/dev/null${main === '' ? '' : ` && [ -f ${quoted(main)} ]`}
}

ask() {
  if ! there; then
    echo ${quoted(`rhema: the locks of others cannot be asked about: there is no ${[file, ...args].join(' ')} any more`)} >&2
    echo '  rhema hooks install git names it anew; git -c core.hooksPath=/dev/null goes without' >&2
    return 1
  fi
  "$program" ${[...args.map(quoted), ...(server === null ? [] : ['--server', quoted(server)]), 'git-hook'].join(' ')} "$hook" -- "$@"
}

# What is done already nobody can refuse any more.
afterwards() {
  [ -d "$common/rhema" ] && there || exit 0
  ask "$@" </dev/null || :
  exit 0
}

# In the midst of a rebase each step commits: post-rewrite comes after the last.
is_rebase() {
  [ -d "$(git rev-parse --git-path rebase-merge)" ]
}

# Git notes where the branch is before it merges into it, and what it merges stands in its environment.
is_merge() {
  case \${GIT_REFLOG_ACTION:-} in 'merge '* | pull | 'pull '*) [ -d "$common/rhema" ] ;; *) false ;; esac
}

# What is to be judged: a merge that begins, and branches that are moved and checked out in another working tree: <old> <new> <ref>.
to_judge() {
  own=
  while read -r old new ref; do
    case $ref in
    ORIG_HEAD)
      is_merge && printf '%s\\n' "$old $new $ref"
      continue
      ;;
    refs/heads/*) ;;
    *) continue ;;
    esac
    [ -d "$common/worktrees" ] || continue
    [ -n "$own" ] || own=$(git rev-parse --git-path HEAD)
    for head in "$common/HEAD" "$common"/worktrees/*/HEAD; do
      [ -f "$head" ] && IFS= read -r at <"$head" && [ "$at" = "ref: $ref" ] || continue
      [ "$head" -ef "$own" ] || printf '%s\\n' "$old $new $ref"
    done
  done
}

case $hook in
commit-msg)
  # Whoever takes no part has nothing to say of himself.
  [ -n "\${RHEMA_AGENT:-}" ] || [ -d "$common/rhema/hooks" ] || exit 0
  ;;
reference-transaction)
  [ "\${1:-}" = prepared ] || exit 0
  judged=$(to_judge)
  [ -n "$judged" ] || exit 0
  printf '%s\\n' "$judged" | ask "$@"
  exit
  ;;
post-commit)
  # There is something to give back only where something was locked for an agent.
  for claim in "$common"/rhema/hooks/*/claim-*; do [ -f "$claim" ] && break; done
  [ -f "$claim" ] && ! is_rebase || exit 0
  afterwards
  ;;
post-checkout)
  # Of files alone, or of a new working tree, it moves nothing.
  case $1 in *[!0]*) ;; *) exit 0 ;; esac
  [ "\${3:-}" = 1 ] && [ "$1" != "$2" ] && ! is_rebase || exit 0
  afterwards "$@"
  ;;
post-merge)
  afterwards
  ;;
post-rewrite)
  [ "\${1:-}" = rebase ] || exit 0
  afterwards "$1"
  ;;
esac
ask "$@"
`;
}

/** The server that such a file names; null: none. */
export const serverIn = (script: string): string | null =>
  / --server '([^']+)' git-hook /.exec(script)?.[1] ?? null;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A hook that was not there before. */
export function newHook(name: HookName, place: HookPlace): string {
  const call = callOf(name, place);
  const lines = name === branches ? branchesOnly(call) : called(name, place, call);
  return `#!/bin/sh\n${whole}\n${lines}\n${end}\n`;
}

/** A rebase of one commit runs this hook eleven times: without anything else to be started where no branch is moved, nor merged into. */
const branchesOnly = (call: string): string => `rhema_moved=
[ "$1" != prepared ] || while read -r rhema_line; do
  case $rhema_line in *' refs/heads/'* | *' ORIG_HEAD') rhema_moved="$rhema_moved$rhema_line
" ;; esac
done
[ -z "$rhema_moved" ] || printf %s "$rhema_moved" | { ${call}; } || exit $?`;

const isForShell = /^#![ \t]*(?:\S*\/)?(?:env[ \t]+)?(?:\S*\/)?(?:ba|da|k|a|z)?sh(?:[ \t][^\r\n]*)?\n$/;

/** A hook of others with the lines of ours before all else. Null: it is no shell script, so that its lines could be anything. */
export function withCall(name: HookName, place: HookPlace, text: string): string | null {
  const [, shebang = ''] = /^(#![^\n]*\n)/.exec(text) ?? [];
  if (text.includes('\0') || (text.startsWith('#!') && !isForShell.test(shebang))) return null;
  return `${shebang}${begin}\n${chained(name, place)}\n${end}\n${text.slice(shebang.length)}`;
}

/** What is read is given back, for what comes below. */
function chained(name: HookName, place: HookPlace): string {
  const call = callOf(name, place);
  if (!takesInput(name)) return called(name, place, call);
  const ask = `printf '%s\\n' "$rhema_input" | { ${call}; } || exit $?`;
  const givenBack = 'exec <<RHEMA_INPUT\n$rhema_input\nRHEMA_INPUT';
  if (name !== branches) return `rhema_input=$(cat)\n${ask}\n${givenBack}`;
  const asked = `case $rhema_input in *' refs/heads/'* | *' ORIG_HEAD') ${ask} ;; esac`;
  return `if [ "$1" = prepared ]; then\nrhema_input=$(cat)\n${asked}\n${givenBack}\nfi`;
}

/** A rebase commits hundreds of times: nothing else is started where nothing was locked for an agent. */
function called(name: HookName, place: HookPlace, call: string): string {
  if (name !== 'post-commit' || place !== 'beside') return `${call} || exit $?`;
  return `for rhema_claim in "\${0%/*}"/../rhema/hooks/*/claim-*; do [ ! -f "$rhema_claim" ] || break; done
[ ! -f "$rhema_claim" ] || ${call} || exit $?`;
}

function callOf(name: HookName, place: HookPlace): string {
  if (place === 'beside') return `"\${0%/*}/${scriptName}" ${name} "$@"`;
  const found = `rhema_hook="$(git rev-parse --git-common-dir)/hooks/${scriptName}"`;
  return `${found}; [ ! -x "$rhema_hook" ] || "$rhema_hook" ${name} "$@"`;
}

export type HookLook = 'none' | 'foreign' | 'ours' | 'changed';

/** Whether a hook asks. `changed`: it has lines of ours, and they are not those that would be written now. */
export function lookAtHook(name: HookName, place: HookPlace, text: string | null): HookLook {
  if (text === null) return 'none';
  const without = withoutCall(text);
  if (without === text) return 'foreign';
  const fresh = without === null ? newHook(name, place) : withCall(name, place, without);
  return fresh === text ? 'ours' : 'changed';
}

/** The hook without the lines of ours; null: it has nothing else, and was not there before. */
export function withoutCall(text: string): string | null {
  const found = new RegExp(`^${begin}[^\\n]*\\n[^]*?^${end}\\n`, 'm').exec(text);
  if (found === null) return text;
  const rest = text.slice(0, found.index) + text.slice(found.index + found[0].length);
  return found[0].startsWith(`${whole}\n`) && rest === '#!/bin/sh\n' ? null : rest;
}
