import { ensurePrivateDirectory, logExists, statePaths } from '../client/index.ts';
import { openSqliteStore } from '../store/sqlite/index.ts';
import type { Engine, OpenStore, ReportTrouble, RepositoryId } from './engine.ts';
import { takeOwnership } from './ownership.ts';
import { WitnessFile } from './witness-file.ts';

/** A SQLite file below the Git folder, with nothing to install and nothing to manage. */
export const embeddedEngine: Engine = {
  hasLog: (repository) => logExists(statePaths(repository)),
  openStore,
  takeOwnership: (repository) => takeOwnership(statePaths(repository)),
};

async function openStore(repository: RepositoryId, report: ReportTrouble): Promise<OpenStore> {
  const paths = statePaths(repository);
  ensurePrivateDirectory(paths.directory);
  const store = await openSqliteStore(paths.database);
  try {
    const witness = new WitnessFile(paths.witness, report);
    return {
      store,
      witness,
      engine: store.engine,
      path: paths.database,
      whyLost: () => store.whyLost(),
      close: async () => {
        try {
          await store.close();
        } finally {
          witness.close();
        }
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
