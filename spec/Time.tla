-------------------------------- MODULE Time ---------------------------------
(***************************************************************************)
(* What ends by time: sessions, blocks, waits and leases.  Everything that *)
(* is due ends first, then the queue is served, once.                      *)
(*                                                                         *)
(* `Tick' is the environment's: one unit passes.  It waits until what is   *)
(* due has been ended; so "at its deadline" means at it, not after it.     *)
(***************************************************************************)
EXTENDS Syncs

DueSessions(h) == {a \in Agent : Due(h.agents[a].session)}
DueBlocks(h) == {a \in Agent : Due(h.agents[a].block)}
DueWaits(h) == {h.queue[i].agent : i \in {j \in 1..Len(h.queue) : Due(h.queue[j].left)}}
DueLeases(h) == {t \in Target : Due(h.locks[t].left)}
IsDue(h) == DueSessions(h) \cup DueBlocks(h) \cup DueWaits(h) \cup DueLeases(h) # {}

\* Nobody stays blocked for too long: the wait ends, or the locks that it cannot use do.
EndBlocks(h, A) ==
  LET holding == {a \in A : SaysBlocked(h, a)}
  IN EndLocks(EndTickets(h, A), UNION {Held(h, a) : a \in holding})

AnswerExpireDue(h) ==
  LET lost == LoseAgents(h, DueSessions(h))
      unblocked == EndBlocks(lost, DueBlocks(h) \ DueSessions(h))
      waited == EndTickets(unblocked, DueWaits(h))
  IN Commit(Settled(EndLocks(waited, DueLeases(h))))

LowerLock(lock) ==
  [lock EXCEPT !.left = Lower(@), !.byScope = Lower(@), !.byPlace = Lower(@)]

OneUnitLater(h) ==
  [h EXCEPT !.agents = [a \in Agent |-> [@[a] EXCEPT !.session = Lower(@), !.block = Lower(@)]],
            !.locks = [t \in Target |-> LowerLock(@[t])],
            !.queue = [i \in 1..Len(@) |-> [@[i] EXCEPT !.left = Lower(@)]],
            !.syncs = [s \in Scope |-> [@[s] EXCEPT !.pause = Lower(@)]]]

-------------------------------------------------------------------------------
(***************************************************************************)
(* A new owner cannot know what time passed on the clock of the last one.  *)
(* So every lease, session, wait and block starts anew in full: a ttl is a *)
(* lower bound.  Only the very first owner finds nothing to re-arm.        *)
(***************************************************************************)
Rearm(clock, ttl) == IF clock = Off THEN Off ELSE Clock(ttl)

RearmedAgent(agent) == [agent EXCEPT !.session = Rearm(@, SessionTtl), !.block = Rearm(@, MaxBlock)]
RearmedLock(lock) ==
  [lock EXCEPT !.left = Rearm(@, LockTtl), !.byScope = Rearm(@, MaxHold), !.byPlace = Rearm(@, MaxHold)]

Rearmed(h) ==
  [h EXCEPT !.agents = [a \in Agent |-> RearmedAgent(@[a])],
            !.locks = [t \in Target |-> RearmedLock(@[t])],
            !.queue = [i \in 1..Len(@) |-> [@[i] EXCEPT !.left = Rearm(@, WaitFor)]]]

AnswerTakeOver(h, cause) == Commit(IF cause = "first" THEN h ELSE Rearmed(h))

-------------------------------------------------------------------------------
(* A tighter bound is refused while what is held now exceeds it. *)

AnswerConfigure(h, places) ==
  LET next == [h EXCEPT !.places = places]
  IN IF places = h.places THEN NothingToDo
     ELSE IF Cardinality(Holders(h)) > places \/ Deadlocked(next) # {} THEN Refuse("SETTINGS_IN_USE")
     ELSE Commit(Settled(next))
==============================================================================
