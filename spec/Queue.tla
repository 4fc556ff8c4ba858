-------------------------------- MODULE Queue --------------------------------
(***************************************************************************)
(* The queue: one for the whole repository, in order of asking.            *)
(*                                                                         *)
(* A ticket stands for one target or for several that are granted          *)
(* together.  It can be granted when nobody else holds what overlaps them, *)
(* none of them overlaps what the oldest ticket waits for, and its agent   *)
(* holds something in a scope already or there is a place left among the   *)
(* agents that may (a resource needs none).  After every change that may   *)
(* free something, in the same step, the queue is served.                  *)
(*                                                                         *)
(* The core finds who can be served from what has changed.  Here the queue *)
(* is simply walked from its head.                                         *)
(***************************************************************************)
EXTENDS State

\* Whether somebody else holds what overlaps; of a resource, whether no slot is free.
Taken(h, a, w) ==
  IF w \in Resource THEN FreeSlots(h, w) = {}
  ELSE \E t \in Overlapping(h, w) : h.locks[t].holder \notin {a, Nobody}

\* Whether the oldest ticket keeps it.  Of a resource one slot is kept, not all.
Kept(h, w) ==
  /\ IF Bug = "filesOvertake" THEN w \in Head(h.queue).targets ELSE \E v \in Head(h.queue).targets : Overlap(h, v, w)
  /\ w \in Resource => Cardinality(FreeSlots(h, w)) <= 1

\* What stands between an agent and what it wants, the first of the reasons; "" when nothing does.
Obstacle(h, a, W, isOldest) ==
  IF \E w \in W : Taken(h, a, w) THEN "LOCK_HELD"
  ELSE IF Bug # "overtake" /\ ~isOldest /\ h.queue # <<>> /\ \E w \in W : Kept(h, w) THEN "RESERVED_FOR_WAITER"
  ELSE IF Bug # "noPlaceBound" /\ Full(h) /\ NeedsPlace(h, a, W) THEN "CONCURRENCY_LIMIT"
  ELSE ""

ObstacleTo(h, i) == Obstacle(h, h.queue[i].agent, h.queue[i].targets, i = 1)

GrantTicket(h, i) ==
  LET ticket == h.queue[i]
      without == [h EXCEPT !.queue = SelectSeq(@, LAMBDA t : t.agent # ticket.agent)]
  IN GrantLocks(without, ticket.agent, ticket.targets)

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

Contended(h, t) ==
  CASE Bug = "ownWaitContends" -> \E i \in 1..Len(h.queue) : WantedBy(h, t, i)
    [] Bug = "freeSlotsContend" ->
         Wanted(h, t) \/ \E i \in 1..Len(h.queue) : \E w \in h.queue[i].targets \cap Resource : t \in Slots(w)
    [] OTHER -> Wanted(h, t)

RunHolds(h) ==
  LET placeWanted == PlaceWanted(h)
      run(t, lock) ==
        [lock EXCEPT !.byScope = RunHold(@, Contended(h, t)), !.byPlace = RunHold(@, placeWanted /\ t \in Scope \cup File)]
  IN [h EXCEPT !.locks = [t \in Target |-> IF Free(h, t) THEN NoLock ELSE run(t, @[t])]]

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
  [h EXCEPT !.locks = [t \in Target |-> IF t \in S THEN [@[t] EXCEPT !.left = RenewedLeft(h.locks[t])] ELSE @[t]]]

-------------------------------------------------------------------------------
(***************************************************************************)
(* Deadlock.  A waiting agent needs everybody who holds what overlaps its  *)
(* targets to give it up, every older ticket for what overlaps to be       *)
(* served or given up, of a resource without a free slot any one holder to *)
(* give up its slot, and, when no place is free and it has none, any one   *)
(* holder to give up its place.  Agents that can go on are taken away      *)
(* until none is left that can.                                            *)
(***************************************************************************)
AgentsAhead(h, i, w) ==
  {h.queue[j].agent : j \in {k \in 1..(i - 1) : \E v \in h.queue[k].targets : Overlap(h, v, w)}}

CanHave(h, a, w, stuck) ==
  IF w \in Resource THEN FreeSlots(h, w) # {} \/ \E t \in Slots(w) : h.locks[t].holder \notin stuck
  ELSE \A t \in Overlapping(h, w) : h.locks[t].holder \notin stuck \ {a}

CanGoOn(h, i, stuck, isFull) ==
  LET a == h.queue[i].agent
      W == h.queue[i].targets
  IN /\ \A w \in W : CanHave(h, a, w, stuck) /\ AgentsAhead(h, i, w) \cap stuck = {}
     /\ isFull /\ NeedsPlace(h, a, W) => Holders(h) \ stuck # {}

RECURSIVE StuckAmong(_, _, _)
StuckAmong(h, stuck, isFull) ==
  LET still == {a \in stuck : ~CanGoOn(h, TicketOf(h, a), stuck, isFull)}
  IN IF still = stuck THEN stuck ELSE StuckAmong(h, still, isFull)

Deadlocked(h) == StuckAmong(h, {a \in Agent : Waits(h, a)}, Full(h))
==============================================================================
