/** Where the fields of a command come from, in the words of the command line. */
const optionOf: Readonly<Record<string, string>> = {
  ttlMs: '--ttl',
  'wait.forMs': '--wait',
  reason: '--reason',
  error: '--error',
  metadata: '--task, --program, --model and --meta together',
  token: '--token',
  run: '--run',
  digest: '--digest',
  syncedAgainst: '--against',
};

const ofCommand = 'request.command.';

/** What is wrong with a field of a command, told of the option that it was given by. */
export function inOptionWords(message: string, path: unknown): string {
  if (typeof path !== 'string' || !path.startsWith(ofCommand) || !message.startsWith(`${path}: `))
    return message;
  const field = path.slice(ofCommand.length);
  // Of what an option gathers, `--against SCOPE=DIGEST`, each has a path below the option's.
  const [first = ''] = field.split('.');
  const part = field.slice(first.length + 1);
  const within = first in optionOf && part !== '' ? `${optionOf[first] ?? first} ${part}` : field;
  return `${optionOf[field] ?? within}${message.slice(path.length)}`;
}
