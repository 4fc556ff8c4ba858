-------------------------------- MODULE Syncs --------------------------------
(***************************************************************************)
(* Syncs: bringing a scope up to date, after everything it depends on.     *)
(*                                                                         *)
(*   idle --(start)--> syncing --(complete)--> completed                   *)
(*                             --(fail)--> failed --(retry, reset)--> idle *)
(*                             --(abort)--> idle                           *)
(*   any --(something below has changed)--> idle                           *)
(*                                                                         *)
(* A run is fenced like a lock: whoever ends it presents its number, seen  *)
(* here as "current" (of the last run) or "stale".                         *)
(***************************************************************************)
EXTENDS Scopes

StatusOf(h, s) == h.syncs[s].status

AnswerStartSync(h, a, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF StatusOf(h, s) = "syncing" THEN Refuse("SYNC_IN_PROGRESS")
  ELSE IF StatusOf(h, s) = "completed" THEN Refuse("SYNC_ALREADY_COMPLETED")
  ELSE IF StatusOf(h, s) = "failed" THEN Refuse("SYNC_FAILED")
  ELSE IF Bug # "noOrder" /\ DependencyChecking /\ \E d \in h.deps[s] : StatusOf(h, d) # "completed"
       THEN Refuse("DEPENDENCY_NOT_SYNCED")
  ELSE Commit([h EXCEPT !.syncs[s].status = "syncing", !.syncs[s].by = a])

RefusedRun(h, a, s, run) ==
  IF s \notin h.scopes THEN "SCOPE_NOT_FOUND"
  ELSE IF StatusOf(h, s) # "syncing" THEN "SYNC_NOT_RUNNING"
  ELSE IF Bug # "noRunFencing" /\ (run = "stale" \/ h.syncs[s].by # a) THEN "STALE_SYNC_RUN"
  ELSE ""

AnswerCompleteSync(h, a, s, run) ==
  LET refused == RefusedRun(h, a, s, run)
  IN IF refused # "" THEN Refuse(refused) ELSE Commit([h EXCEPT !.syncs[s] = [NoSync EXCEPT !.status = "completed"]])

AnswerFailSync(h, a, s, run) ==
  LET refused == RefusedRun(h, a, s, run)
  IN IF refused # "" THEN Refuse(refused) ELSE Commit([h EXCEPT !.syncs[s] = FailedSync(@)])

BackToIdle(h, s, failures) == Commit([h EXCEPT !.syncs[s] = [NoSync EXCEPT !.failures = failures]])

AnswerRetrySync(h, s) ==
  LET sync == h.syncs[s]
  IN IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
     ELSE IF sync.status # "failed" THEN Refuse("SYNC_NOT_FAILED")
     ELSE IF Bug # "unboundedRetry" /\ sync.failures > MaxRetries THEN Refuse("RETRY_LIMIT_REACHED")
     ELSE IF sync.pause > 0 THEN Refuse("RETRY_TOO_SOON")
     ELSE BackToIdle(h, s, sync.failures)

AnswerResetSync(h, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF StatusOf(h, s) # "failed" THEN Refuse("SYNC_NOT_FAILED")
  ELSE BackToIdle(h, s, 0)

AnswerAbortSync(h, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF StatusOf(h, s) # "syncing" THEN Refuse("SYNC_NOT_RUNNING")
  ELSE BackToIdle(h, s, h.syncs[s].failures)

AnswerInvalidateSync(h, s) ==
  LET after == Invalidate(h, {s})
  IN IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND") ELSE IF after = h THEN NothingToDo ELSE Commit(after)

\* Unlike an invalidation it is always logged: that Git did something is a fact.
AnswerGitOperation(h, S) ==
  IF ~(S \subseteq h.scopes) THEN Refuse("SCOPE_NOT_FOUND") ELSE Commit(Invalidate(h, S))

-------------------------------------------------------------------------------
(***************************************************************************)
(* Context files.  A write needs the lock of the scope or of the file, a   *)
(* holder that is not blocked, the current token when one is presented, and the content that  *)
(* the writer last saw ("seen", or "other").  The lock of a free scope is  *)
(* taken for the writer.  Every write sends the scope, and all that        *)
(* depends on it, back to be synced.                                       *)
(***************************************************************************)

\* What covers the context file of a scope: the whole scope, and the file, which is the scope's first.
Covering(s) == {s} \cup ({s \o "/f1"} \cap File)
HoldsCovering(h, a, s) == \E t \in Covering(s) : h.locks[t].holder = a

\* Why the agent may not write; "" when it may, with the lock it holds or with one that can be granted.
RefusedToWrite(h, a, s, token) ==
  IF s \notin h.scopes THEN "SCOPE_NOT_FOUND"
  ELSE IF Waits(h, a) THEN "ALREADY_WAITING"
  ELSE IF Bug # "blockedMayWrite" /\ h.agents[a].status = "blocked" THEN "AGENT_BLOCKED"
  ELSE IF \E t \in Covering(s) : IsStale(h, a, t, token) THEN "STALE_FENCING_TOKEN"
  ELSE IF HoldsCovering(h, a, s) THEN ""
  ELSE IF Bug # "noFencing" /\ token # "none" THEN "LOCK_NOT_HELD"
  ELSE IF s \notin HeldIn(h, a) /\ Cardinality(HeldIn(h, a)) >= MaxLocks THEN "AGENT_HOLDS_LOCK"
  ELSE Obstacle(h, a, {s}, FALSE)

AnswerContextModify(h, a, s, token, base) ==
  LET refused == RefusedToWrite(h, a, s, token)
      holding == IF HoldsCovering(h, a, s) THEN h ELSE GrantLocks(h, a, {s})
      written == [holding EXCEPT !.contexts[s] = TRUE]
  IN IF refused # "" THEN Refuse(refused)
     ELSE IF h.contexts[s] /\ base = "other" /\ Bug # "noConflictCheck" THEN Refuse("CONTEXT_CONFLICT")
     ELSE Commit(Settled(IF Bug = "writeKeepsSync" THEN written ELSE Invalidate(written, {s})))
==============================================================================
