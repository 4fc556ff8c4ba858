import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { Allowances, commandLines } from './sync-commands.ts';
import { syncGround } from './sync-ground.ts';

export interface AllowInput {
  readonly yes?: boolean;
  /** Also when nobody has asked for it. */
  readonly auto?: boolean;
}

/** Lets the commands be run that scopes declare now, word for word; what is declared otherwise later has to be allowed anew. */
export async function syncAllow(call: Call, input: AllowInput): Promise<Outcome> {
  const ground = await syncGround(call);
  await ground.scan();
  const allowances = new Allowances(call, ground, { auto: input.auto === true });
  const { missing } = allowances;
  const commands = missing.map(([scope, { run }]) => ({ scope, run }));
  if (missing.length === 0)
    return done(null, { allowed: [] }, () =>
      ground.commands.size === 0
        ? 'no scope runs a command when it is synced'
        : 'all commands of scopes are allowed already',
    );
  if (input.yes !== true && !(await confirmed(call, missing)))
    return done(null, { allowed: [] }, () => 'nothing was allowed');
  allowances.allowAll(input.auto === true);
  return done(null, { allowed: commands }, () =>
    [`${count(missing.length, 'command')} allowed:`, ...commandLines(missing)].join('\n'),
  );
}

async function confirmed(call: Call, missing: Allowances['missing']): Promise<boolean> {
  call.show(['Scopes of this repository want to run:', ...commandLines(missing)].join('\n'));
  if (!call.ports.stdin.isTTY || call.json)
    throw new CommandError(
      'CONFIRMATION_NEEDED',
      exitCodes.invalid,
      `there is nobody to confirm ${count(missing.length, 'command')}: look at them, then say --yes`,
      { commands: missing.map(([scope, { run }]) => ({ scope, run })) },
    );
  return (
    (await call.ports.questions.select('Allow them?', [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes' },
    ])) === 'yes'
  );
}
