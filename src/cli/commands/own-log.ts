import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { OpenLog } from '../world/world.ts';

/** The log of the repository in which the command is called, opened for reading beside its owner. */
export async function ownLog(call: Call): Promise<OpenLog> {
  const { database, databaseExists } = await call.world.inspection.stateFiles(await call.repository());
  if (databaseExists) return call.world.logs.open(database);
  throw new CommandError(
    'NO_LOG',
    exitCodes.failure,
    `nothing was ever logged here: there is no ${database}`,
  );
}
