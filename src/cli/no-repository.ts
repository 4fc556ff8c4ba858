import { RepositoryError } from '../repository/index.ts';

/** Whether what has failed says that there is no repository where one was looked for. */
export const isNoRepository = (error: unknown): boolean =>
  (error as { readonly code?: unknown }).code === 'NOT_A_REPOSITORY' ||
  (error instanceof RepositoryError && error.code === 'NOT_A_REPOSITORY');
