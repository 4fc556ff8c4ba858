import { stripVTControlCharacters } from 'node:util';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { line, safe } from '../format/text.ts';
import { scopeNotFound } from './scope.ts';
import { scopeOf } from './scopes-of.ts';

export interface OutputInput {
  readonly scope: string;
}

/** What the last command of a scope has said, its end at least. */
export async function syncOutput(call: Call, input: OutputInput): Promise<Outcome> {
  const scope = await scopeOf(call, input.scope);
  const output = call.world.syncs.output(await call.repository(), scope);
  if (output === null) {
    const { scopes } = await (await call.coordinator()).query({ kind: 'scopes' });
    if (!scopes.some(({ path }) => path === scope)) throw await scopeNotFound(call, scope, scopes);
    throw new CommandError(
      'NO_OUTPUT',
      exitCodes.failure,
      line`no command of ${scope} was run yet: one is declared as sync.run in the scope's file`,
      { scope },
    );
  }
  return done(null, { scope, output }, () => shown(output));
}

/** It may be anything: what would move the cursor or hide text is shown as an escape, colours are taken away. */
function shown(output: string): string {
  const plain = stripVTControlCharacters(output).replaceAll('\r\n', '\n');
  if (plain.trim() === '') return 'it has said nothing';
  return plain
    .replace(/\n+$/, '')
    .split('\n')
    .map((text) => text.split('\t').map(safe).join('\t'))
    .join('\n');
}
