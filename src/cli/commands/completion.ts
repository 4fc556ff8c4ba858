import type { Call } from '../call.ts';
import { invalidInput } from '../errors.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface CompletionInput {
  readonly shell: string;
}

/** A script for a shell. It knows no command itself: at each Tab it asks `rhema __complete`, so it is never out of date. */
export async function completionScript(_call: Call, { shell }: CompletionInput): Promise<Outcome> {
  const script = scripts[shell];
  if (script === undefined)
    throw invalidInput(
      `no completion for ${JSON.stringify(shell)}: use one of ${Object.keys(scripts).join(', ')}`,
    );
  return done(null, { shell, script }, () => script);
}

const bash = `# bash completion for rhema
_rhema() {
  local IFS=$'\\n'
  COMPREPLY=($(rhema __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
  [[ "\${COMPREPLY[0]-}" == */ || -z "\${COMPREPLY[0]-}" ]] && compopt -o nospace -o default
}
complete -F _rhema rhema`;

const zsh = `#compdef rhema
_rhema() {
  local -a found
  local text tab=$'\\t'
  for text in "\${(@f)$(rhema __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $text ]] && found+=("\${\${text%%$tab*}//:/\\\\:}:\${text#*$tab}")
  done
  if (( $#found )); then _describe rhema found; else _files; fi
}
if [[ $funcstack[1] == _rhema ]]; then _rhema "$@"; else compdef _rhema rhema; fi`;

const fish = `# fish completion for rhema
function __rhema_complete
  set -l words (commandline -opc) (commandline -ct)
  rhema __complete -- $words[2..-1] 2>/dev/null
end
complete -c rhema -f -a '(__rhema_complete)'`;

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish };
