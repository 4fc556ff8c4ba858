import type { CallerCommand, Query } from '../protocol/index.ts';

/** What each command does, in a sentence. */
export const commandSummaries: { readonly [Kind in CallerCommand['kind']]: string } = {
  AgentJoin: 'Takes part under a name. The secret, of your own making, proves each later command.',
  AgentLeave: 'Gives everything back, and takes part no more.',
  AgentResume:
    'Goes on as an agent in another process, with a new secret; locks and place in the queue stay.',
  Heartbeat: 'Renews the session, and every lease of the agent.',
  SetAgentStatus:
    'Says how the agent is; with the status that it has already, the reason is a report of its progress.',
  AcquireLock: 'Takes locks of scopes, files and resources: all at once, or none; or a place in the queue.',
  ReleaseLock: 'Gives locks back; with null for scopes, and nothing else named, all of them.',
  RenewLock: 'Sets the end of one lease anew.',
  SendMessage: 'Says something to agents, as an agent.',
  SendAsOperator: 'Says something to agents, as an operator: under the name of the token.',
  ReadMessages: 'Answers what the agent has not read, which is read from then on.',
  CancelWait: 'Gives up the place in the queue.',
  RevokeLock: 'Takes a lock away from whoever holds it.',
  DefineScopes: 'Puts all scopes in the place of those there are; accepted whole, or refused whole.',
  DefineScope: 'Adds a scope, or changes one.',
  RemoveScope: 'Removes a scope; where it is held or waited for, once it is free.',
  ContextModify:
    'Records that a file of a scope is written, and takes the lock of the scope where it is free.',
  GitOperation: 'Tells that Git has changed files of scopes: they are to be synced again.',
  StartSync: 'Begins to sync a scope.',
  CompleteSync: 'Ends a sync that went well.',
  FailSync: 'Ends a sync that did not.',
  RetrySync: 'Lets a failed sync be tried again, within the budget of retries and after the pause.',
  ResetSync: 'Lets a failed sync be tried again, whatever was tried; the budget is renewed.',
  AbortSync: 'Ends a sync that runs, without a verdict.',
  InvalidateSync: 'Says that a scope, and all that depends on it, is to be synced again.',
  ReportViolation: 'Tells that something breaks a rule.',
  SettleViolation: 'Tells that it does no more.',
};

/** What each query answers, in a sentence. */
export const querySummaries: { readonly [Kind in Query['kind']]: string } = {
  status: 'Everything at a glance, now or at a past moment.',
  scopes: 'All scopes, and the problems of their files.',
  history: 'Entries of the log that match, newest first.',
  why: 'Who holds what, or what an agent does: since when, why, who waits, and what led to it.',
  mayWrite: 'Whether an agent may write each of some files now.',
  scopesOf: 'In which scope each of some paths is; they need not exist.',
  impact: 'What a change of some scopes reaches: all that depends on them, and who works there.',
  notices: 'What an agent has to know, and was not told yet.',
  formerHolders: 'Who had what an agent has just got, since it had that last.',
  token: 'Whether what is done under a fencing token may go on.',
  violations: 'Checks every invariant on the current state.',
  openViolations: 'What was found to break a rule, and is not over.',
  health: 'How the coordinator is.',
};
