import type { Call } from '../call.ts';
import { CommandError, usageError } from '../answer/errors.ts';
import { withoutServer } from '../server-address.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { OpenLog } from '../world/world.ts';

/** The log of the repository in which the command is called, opened for reading beside its owner. */
export async function ownLog(
  call: Call,
  untold = (database: string): string => `nothing was ever logged here: there is no ${database}`,
): Promise<OpenLog> {
  const repository = await call.repository();
  if (repository.server !== undefined) throw logElsewhere(repository.server, withoutServer(repository));
  const { database, databaseExists } = await call.world.inspection.stateFiles(repository);
  if (databaseExists) return call.world.logs.open(database);
  throw new CommandError('NO_LOG', exitCodes.failure, untold(database));
}

/** A log that lies in this clone as well is of another coordination, and no answer. */
const logElsewhere = (server: string, otherwise: string): CommandError =>
  usageError(
    `this reads the file of the log, which is on the machine of ${server}: do it there, or here ${otherwise}, or have rhema log --export done there and read what that writes (rhema verify-log FILE, rhema guard check --log FILE)`,
  );
