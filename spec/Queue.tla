-------------------------------- MODULE Queue --------------------------------
(***************************************************************************)
(* The queue: one for the whole repository, in order of asking.            *)
(*                                                                         *)
(* A ticket stands for one scope or for several that are granted together. *)
(* It can be granted when all its scopes are free, none of them is kept    *)
(* for the oldest ticket, and its agent holds a lock already or there is a *)
(* place left among the agents that may hold locks.  After every change    *)
(* that may free something, in the same step, the queue is served.         *)
(*                                                                         *)
(* The core finds who can be served from what has changed.  Here the queue *)
(* is simply walked from its head.                                         *)
(***************************************************************************)
EXTENDS State

\* What stands between an agent and these scopes, the first of the reasons; "" when nothing does.
Obstacle(h, a, S, isOldest) ==
  IF \E s \in S : ~Free(h, s) THEN "LOCK_HELD"
  ELSE IF Bug # "overtake" /\ ~isOldest /\ h.queue # <<>> /\ Head(h.queue).scopes \cap S # {} THEN "RESERVED_FOR_WAITER"
  ELSE IF Bug # "noPlaceBound" /\ Full(h) /\ Held(h, a) = {} THEN "CONCURRENCY_LIMIT"
  ELSE ""

ObstacleTo(h, i) == Obstacle(h, h.queue[i].agent, h.queue[i].scopes, i = 1)

GrantTicket(h, i) ==
  LET ticket == h.queue[i]
      without == [h EXCEPT !.queue = SelectSeq(@, LAMBDA t : t.agent # ticket.agent)]
  IN GrantLocks(without, ticket.agent, ticket.scopes)

RECURSIVE ServeFrom(_, _)
ServeFrom(h, i) ==
  IF i > Len(h.queue) THEN h
  ELSE IF ObstacleTo(h, i) = "" THEN ServeFrom(GrantTicket(h, i), i)
  ELSE ServeFrom(h, i + 1)

\* Whether some ticket has all it wants except a place.
PlaceWanted(h) == \E i \in 1..Len(h.queue) : ObstacleTo(h, i) = "CONCURRENCY_LIMIT"

\* A contended hold begins when somebody starts to wait, and ends when nobody does any more.
RunHold(clock, contended) ==
  IF ~contended \/ Bug = "holdNotTimed" THEN Off ELSE IF clock # Off THEN clock ELSE Clock(MaxHold)

RunHolds(h) ==
  LET placeWanted == PlaceWanted(h)
      run(s, lock) == [lock EXCEPT !.byScope = RunHold(@, Wanted(h, s)), !.byPlace = RunHold(@, placeWanted)]
  IN [h EXCEPT !.locks = [s \in Scope |-> IF Free(h, s) THEN NoLock ELSE run(s, @[s])]]

\* To be applied after every change that may free something or adds a ticket.
Settled(h) == WithoutAbandoned(RunHolds(IF Bug = "queueNotServed" THEN h ELSE ServeFrom(h, 1)))

\* What a renewal leaves of a lease: all of it while nobody waits, else no more than the contended hold, but never less
\* than was promised.
RenewedLeft(lock) ==
  LET wished == Clock(LockTtl)
      hold == IF lock.byScope = Off THEN lock.byPlace
              ELSE IF lock.byPlace = Off THEN lock.byScope
              ELSE Min(lock.byScope, lock.byPlace)
  IN IF hold = Off \/ Bug = "unboundedHold" THEN wished ELSE Max(lock.left, Min(wished, hold))

RenewLocks(h, S) ==
  [h EXCEPT !.locks = [s \in Scope |-> IF s \in S THEN [@[s] EXCEPT !.left = RenewedLeft(h.locks[s])] ELSE @[s]]]

-------------------------------------------------------------------------------
(***************************************************************************)
(* Deadlock.  A waiting agent needs every scope it wants, every older      *)
(* ticket for one of them to be served or given up, and, when no place is  *)
(* free and it holds nothing, any one holder to give up its place.  Agents *)
(* that can go on are taken away until none is left that can.              *)
(***************************************************************************)
AgentAhead(h, i, s) ==
  LET older == {j \in 1..(i - 1) : s \in h.queue[j].scopes}
  IN IF older = {} THEN Nobody ELSE h.queue[CHOOSE j \in older : \A k \in older : k <= j].agent

CanGoOn(h, i, stuck, isFull) ==
  LET a == h.queue[i].agent
  IN /\ \A s \in h.queue[i].scopes : h.locks[s].holder \notin stuck \ {a} /\ AgentAhead(h, i, s) \notin stuck
     /\ isFull /\ Held(h, a) = {} => Holders(h) \ stuck # {}

RECURSIVE StuckAmong(_, _, _)
StuckAmong(h, stuck, isFull) ==
  LET still == {a \in stuck : ~CanGoOn(h, TicketOf(h, a), stuck, isFull)}
  IN IF still = stuck THEN stuck ELSE StuckAmong(h, still, isFull)

Deadlocked(h) == StuckAmong(h, {a \in Agent : Waits(h, a)}, Full(h))
==============================================================================
