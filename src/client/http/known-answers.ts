/** By what the answers of a Rhema server are known: what another server says, in JSON as well, is none. */
import type { Answers, QueryKind } from '../../protocol/index.ts';

/** Whether a body is what the server answers to one question. */
export type IsAnswer = (body: unknown) => boolean;

/** Of each answer what it has beside its revision, whatever its version. */
const marks: { readonly [K in QueryKind]: keyof Answers[K] & string } = {
  status: 'agents',
  scopes: 'scopes',
  history: 'entries',
  why: 'happened',
  mayWrite: 'files',
  scopesOf: 'scopes',
  impact: 'scopes',
  notices: 'notices',
  formerHolders: 'locks',
  token: 'valid',
  violations: 'violations',
  openViolations: 'open',
  health: 'ok',
};

export const answersQuery = (kind: QueryKind): IsAnswer => withRevisionAnd(marks[kind]);
export const answersCommand: IsAnswer = withRevisionAnd('result');
export const answersRefresh: IsAnswer = withRevisionAnd('accepted');
export const tellsWho: IsAnswer = (body) => isObject(body) && typeof body['role'] === 'string';
/** Null: it waits still. */
export const answersTicket: IsAnswer = (body) =>
  body === null || (isObject(body) && typeof body['kind'] === 'string');

function withRevisionAnd(mark: string): IsAnswer {
  return (body) => isObject(body) && typeof body['revision'] === 'number' && mark in body;
}

const isObject = (body: unknown): body is Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null;
