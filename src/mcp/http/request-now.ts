import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the request over HTTP in which something is done, for lines of the log. */
export const requestNow = new AsyncLocalStorage<string>();
