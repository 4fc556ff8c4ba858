-------------------------------- MODULE Locks --------------------------------
(***************************************************************************)
(* Locks: at most one holder for each scope.  A lock is a lease.  It ends  *)
(* when its holder releases it, completes, leaves or is lost, when its     *)
(* time is up, or when an operator revokes it; every one of these serves   *)
(* the queue in the same step.  It does not end with the definition of its *)
(* scope: see `Scopes'.                                                    *)
(*                                                                         *)
(* Each operator is the answer to one command; the order of the reasons is *)
(* the order of precedence.  A token is only seen here as "none" (not      *)
(* presented), "current" (that of the lock as it is) or "stale" (that of   *)
(* an earlier grant).  The growth of tokens is in `Fencing'.               *)
(***************************************************************************)
EXTENDS Queue

\* Why an agent may not ask for these scopes at all, which it does not hold yet.
RefusedToAsk(h, a, missing) ==
  LET held == Held(h, a)
  IN IF h.agents[a].status = "blocked" /\ Bug # "waitsTwice" THEN "AGENT_BLOCKED"
     ELSE IF Bug # "noLockLimit" /\ missing # {} /\ held # {} /\ Cardinality(held) + Cardinality(missing) > MaxLocks
          THEN "AGENT_HOLDS_LOCK"
     ELSE IF Bug # "noLockLimit" /\ Cardinality(missing) > MaxLocks THEN "LOCK_LIMIT_REACHED"
     ELSE ""

AnswerGrant(h, a, S, missing) ==
  LET granted == IF missing = {} THEN h ELSE GrantLocks(h, a, missing)
  IN Commit(Settled(RenewLocks(granted, S \ missing)))

\* Who holds nothing cannot close a cycle.
AnswerQueue(h, a, missing) ==
  LET ticket == [agent |-> a, scopes |-> missing, left |-> Clock(WaitFor)]
      queued == SetStatus([h EXCEPT !.queue = Append(@, ticket)], a, "blocked")
  IN IF Bug # "noDeadlockCheck" /\ Held(h, a) # {} /\ a \in Deadlocked(queued) THEN Refuse("WOULD_DEADLOCK")
     ELSE Commit(Settled(queued))

AnswerAcquireLock(h, a, S, wait) ==
  LET missing == S \ Held(h, a)
      refused == RefusedToAsk(h, a, missing)
      obstacle == IF missing = {} THEN "" ELSE Obstacle(h, a, missing, FALSE)
  IN IF ~(S \subseteq h.scopes) THEN Refuse("SCOPE_NOT_FOUND")
     ELSE IF Waits(h, a) /\ Bug # "waitsTwice" THEN
       IF h.queue[TicketOf(h, a)].scopes = missing THEN NothingToDo ELSE Refuse("ALREADY_WAITING")
     ELSE IF refused # "" THEN Refuse(refused)
     ELSE IF obstacle = "" THEN AnswerGrant(h, a, S, missing)
     ELSE IF wait = "now" THEN Refuse(obstacle)
     ELSE AnswerQueue(h, a, missing)

\* Whether a token is refused: only where there is a lock to compare it with.
IsStale(h, s, token) == token = "stale" /\ ~Free(h, s) /\ Bug # "noFencing"

\* All of what is named, or nothing.
AnswerReleaseLock(h, a, S, token) ==
  IF ~(S \subseteq h.scopes) THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF \E s \in S : IsStale(h, s, token) THEN Refuse("STALE_FENCING_TOKEN")
  ELSE IF Bug # "anybodyReleases" /\ ~(S \subseteq Held(h, a)) THEN Refuse("LOCK_NOT_HELD")
  ELSE IF S = {} THEN NothingToDo
  ELSE Commit(Settled(EndLocks(h, S)))

AnswerRenewLock(h, a, s, token) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF IsStale(h, s, token) THEN Refuse("STALE_FENCING_TOKEN")
  ELSE IF h.locks[s].holder # a THEN Refuse("LOCK_NOT_HELD")
  ELSE Commit(RenewLocks(h, {s}))

AnswerCancelWait(h, a) ==
  IF ~Waits(h, a) THEN NothingToDo ELSE Commit(Settled(EndTickets(h, {a})))

AnswerRevokeLock(h, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF Free(h, s) THEN Refuse("LOCK_NOT_HELD")
  ELSE Commit(Settled(EndLocks(h, {s})))
==============================================================================
