-------------------------------- MODULE Locks --------------------------------
(***************************************************************************)
(* Locks: what overlaps never has two holders.  A lock is of a whole       *)
(* scope, of one file of a scope, or of a slot of a resource.  It is a     *)
(* lease.  It ends when its holder releases it, completes, leaves or is    *)
(* lost, when its time is up, or when an operator revokes it; every one of *)
(* these serves the queue in the same step.  It does not end with the      *)
(* definition of its scope: see `Scopes'.                                  *)
(*                                                                         *)
(* Each operator is the answer to one command; the order of the reasons is *)
(* the order of precedence.  A token is only seen here as "none" (not      *)
(* presented), "current" (that of the lock as it is) or "stale" (that of   *)
(* an earlier grant).  The growth of tokens is in `Fencing'.               *)
(***************************************************************************)
EXTENDS Queue

\* Why an agent may not ask for this at all, which it does not hold yet.
RefusedToAsk(h, a, missing) ==
  LET held == HeldIn(h, a)
      more == {ScopeOf(h, w) : w \in missing \ Resource} \ held
      files == missing \cap File
      resources == missing \cap Resource
  IN IF h.agents[a].status = "blocked" /\ Bug # "waitsTwice" THEN "AGENT_BLOCKED"
     ELSE IF Bug # "noLockLimit" /\ more # {} /\ held # {} /\ Cardinality(held) + Cardinality(more) > MaxLocks
          THEN "AGENT_HOLDS_LOCK"
     ELSE IF Bug # "noLockLimit" /\ Cardinality(more) > MaxLocks THEN "LOCK_LIMIT_REACHED"
     ELSE IF Bug # "noFileLimit" /\ files # {} /\ Cardinality(Held(h, a) \cap File) + Cardinality(files) > MaxFiles
          THEN "FILE_LIMIT_REACHED"
     ELSE IF Bug # "noResourceLimit" /\ resources # {}
               /\ Cardinality(Held(h, a) \ (Scope \cup File)) + Cardinality(resources) > MaxResources
          THEN "RESOURCE_LIMIT_REACHED"
     ELSE ""

\* Why there is nothing under these names; "" when there is.
RefusedUnknown(h, W) ==
  IF \E w \in W \cap (Scope \cup File) : ScopeOf(h, w) \notin h.scopes THEN "SCOPE_NOT_FOUND"
  ELSE IF ~(W \subseteq Wish) THEN "RESOURCE_NOT_FOUND"
  ELSE ""

AllHeldUnder(h, a, W) == UNION {HeldUnder(h, a, w) : w \in W}

AnswerGrant(h, a, W, missing) ==
  LET granted == IF missing = {} THEN h ELSE GrantLocks(h, a, missing)
  IN Commit(Settled(RenewLocks(granted, AllHeldUnder(h, a, W \ missing))))

\* Who holds nothing cannot close a cycle.
AnswerQueue(h, a, missing) ==
  LET ticket == [agent |-> a, targets |-> missing, left |-> Clock(WaitFor)]
      queued == SetStatus([h EXCEPT !.queue = Append(@, ticket)], a, "blocked")
  IN IF Bug # "noDeadlockCheck" /\ Held(h, a) # {} /\ a \in Deadlocked(queued) THEN Refuse("WOULD_DEADLOCK")
     ELSE Commit(Settled(queued))

AnswerAcquireLock(h, a, W, wait) ==
  LET unknown == RefusedUnknown(h, W)
      missing == {w \in W : HeldUnder(h, a, w) = {}}
      refused == RefusedToAsk(h, a, missing)
      obstacle == IF missing = {} THEN "" ELSE Obstacle(h, a, missing, FALSE)
  IN IF unknown # "" THEN Refuse(unknown)
     ELSE IF Waits(h, a) /\ Bug # "waitsTwice" THEN
       IF h.queue[TicketOf(h, a)].targets = missing THEN NothingToDo ELSE Refuse("ALREADY_WAITING")
     ELSE IF refused # "" THEN Refuse(refused)
     ELSE IF obstacle = "" THEN AnswerGrant(h, a, W, missing)
     ELSE IF wait = "now" THEN Refuse(obstacle)
     ELSE AnswerQueue(h, a, missing)

\* Whether a token is refused: only where there is a lock to compare it with, of a resource the agent's own.
IsStale(h, a, w, token) ==
  /\ token = "stale" /\ Bug # "noFencing"
  /\ IF w \in Resource THEN HeldUnder(h, a, w) # {} ELSE ~Free(h, w)

\* All of what is named, or nothing.
AnswerReleaseLock(h, a, W, token) ==
  LET unknown == RefusedUnknown(h, W)
      ended == IF Bug = "anybodyReleases" THEN W \ Resource ELSE AllHeldUnder(h, a, W)
  IN IF unknown # "" THEN Refuse(unknown)
     ELSE IF \E w \in W : IsStale(h, a, w, token) THEN Refuse("STALE_FENCING_TOKEN")
     ELSE IF Bug # "anybodyReleases" /\ \E w \in W : HeldUnder(h, a, w) = {} THEN Refuse("LOCK_NOT_HELD")
     ELSE IF W = {} THEN NothingToDo
     ELSE Commit(Settled(EndLocks(h, ended)))

\* Whatever it holds.
AnswerReleaseAll(h, a) == IF Held(h, a) = {} THEN NothingToDo ELSE Commit(Settled(EndLocks(h, Held(h, a))))

AnswerRenewLock(h, a, w, token) ==
  LET unknown == RefusedUnknown(h, {w})
  IN IF unknown # "" THEN Refuse(unknown)
     ELSE IF IsStale(h, a, w, token) THEN Refuse("STALE_FENCING_TOKEN")
     ELSE IF HeldUnder(h, a, w) = {} THEN Refuse("LOCK_NOT_HELD")
     ELSE Commit(RenewLocks(h, HeldUnder(h, a, w)))

AnswerCancelWait(h, a) ==
  IF ~Waits(h, a) THEN NothingToDo ELSE Commit(Settled(EndTickets(h, {a})))

\* Of a resource its first slot.
AnswerRevokeLock(h, w) ==
  LET unknown == RefusedUnknown(h, {w})
      target == IF w \in Resource THEN SlotName(w, 1) ELSE w
  IN IF unknown # "" THEN Refuse(unknown)
     ELSE IF Free(h, target) THEN Refuse("LOCK_NOT_HELD")
     ELSE Commit(Settled(EndLocks(h, {target})))
==============================================================================
