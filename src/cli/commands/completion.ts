import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';

export interface CompletionInput {
  readonly shell: string;
}

/** A script for a shell. It knows no command itself: at each Tab it asks `rhema __complete`, so it is never out of date. */
export async function completionScript(_call: Call, { shell }: CompletionInput): Promise<Outcome> {
  const script = scripts.get(shell);
  if (script === undefined)
    throw invalidInput(`no completion for ${JSON.stringify(shell)}: use one of ${shells.join(', ')}`);
  return done(null, { shell, script }, () => script);
}

/** The words of bash are split at `:` and `=` and still quoted: the program reads the line itself. */
const bash = `# bash completion for rhema
_rhema() {
  local kind='' word
  COMPREPLY=()
  while IFS= read -r word; do
    if [[ -z $kind ]]; then kind=$word; else COMPREPLY+=("$word"); fi
  done < <(rhema __complete --shell bash --breaks "$COMP_WORDBREAKS" -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $kind in
    folders) compopt -o dirnames ;;
    files) compopt -o default ;;
    command)
      compopt -o default
      if [[ \${COMP_WORDS[COMP_CWORD-1]} == -- ]]; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -c -- "$2")
      fi
      ;;
  esac
}
complete -F _rhema rhema`;

const zsh = `#compdef rhema
_rhema() {
  local -a answer found
  local text tab=$'\\t'
  integer dashes
  answer=("\${(@f)$(rhema __complete --shell zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  case $answer[1] in
    folders|files)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      if [[ $answer[1] == folders ]]; then _files -/; else _files; fi
      ;;
    command)
      dashes=\${words[(ie)--]}
      shift $dashes words
      (( CURRENT -= dashes ))
      _normal
      ;;
    words)
      for text in "\${(@)answer[2,-1]}"; do
        found+=("\${\${text%%$tab*}//:/\\\\:}:\${text#*$tab}")
      done
      _describe rhema found
      ;;
  esac
}
if [[ $funcstack[1] == _rhema ]]; then _rhema "$@"; else compdef _rhema rhema; fi`;

const fish = `# fish completion for rhema
function __rhema_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  test "$current" = (commandline -t); and set current (commandline -ot)
  set -l answer (rhema __complete --shell fish -- $words[2..-1] "$current" 2>/dev/null)
  switch "$answer[1]"
    case folders
      __fish_complete_directories
    case files
      __fish_complete_path (commandline -ct)
    case command
      set -l dashes (contains -i -- -- $words)
      set -l rest (string escape -- $words[(math $dashes + 1)..-1]) (commandline -ct)
      complete -C "$rest"
    case words
      printf '%s\\n' $answer[2..-1]
  end
end
complete -c rhema -f -a '(__rhema_complete)'`;

const scripts: ReadonlyMap<string, string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

export const shells: readonly string[] = [...scripts.keys()];
