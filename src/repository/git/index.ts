/** Which repository is meant, and which file of it, without any package: a program of one's own may use it, too. */
export { changedSince } from './changed-since.ts';
export { liesAt } from './lies-at.ts';
export { repositoryPath } from './repository-path.ts';
export { findRepository } from './repository.ts';
export type { Repository } from './folders.ts';
export { workingFiles, type WorkingFiles } from './working-files.ts';
