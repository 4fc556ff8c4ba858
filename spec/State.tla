-------------------------------- MODULE State --------------------------------
(***************************************************************************)
(* What the coordinator knows, and the elementary changes to it.           *)
(*                                                                         *)
(* The whole state is one record, here always called h (the house), and    *)
(* every operator that changes something takes a house and returns the     *)
(* next one.  So a command that does several things at once (an agent is   *)
(* lost: its locks end, its ticket ends, its syncs fail, the queue is      *)
(* served) is a composition of elementary changes, and still one step.     *)
(*                                                                         *)
(* Clocks count the units that are left.  At 0 a clock is due.  A setting  *)
(* of 0 switches a kind of clock off in a model: it never runs.            *)
(*                                                                         *)
(* `Bug' is "none" in the specification.  Any other value takes one guard  *)
(* out, so that each property can be shown to catch something.             *)
(***************************************************************************)
EXTENDS Names

CONSTANTS
  Agent, Scope,        \* sets of texts
  File, Resource,      \* the same; none in most models
  Capacity,            \* slots of each resource
  MaxConcurrent,       \* how many agents may hold something in a scope at the same time
  MaxLocks,            \* in how many scopes one agent may hold something
  MaxFiles,            \* how many files one agent may hold
  MaxResources,        \* at how many resources one agent may hold a slot
  MaxDeps, MaxDepth,   \* dependencies of one scope; longest chain of them
  MaxRetries,          \* retries of one failed sync
  DependencyChecking,  \* whether a sync waits for the dependencies
  LockTtl,             \* lease of a lock
  SessionTtl,          \* an agent silent for longer is lost
  DeadGrace,           \* how long an agent is waited for whose process is seen to have ended
  MaxBlock,            \* an agent blocked for longer becomes idle
  MaxHold,             \* how far renewals of what others wait for reach; what was promised is kept
  WaitFor,             \* how long an asker waits
  Backoff,             \* pause before the first retry; doubles with each failure
  RequestId,           \* ids that requests may carry, so that a repeat is harmless; none in most models
  Bug

Nobody == "-"
Off == -1
Clock(ttl) == IF ttl = 0 THEN Off ELSE ttl
Lower(clock) == IF clock > 0 THEN clock - 1 ELSE clock
Due(clock) == clock = 0

\* What can be held: a whole scope, one file of it, or a slot of a resource.  What can be asked for names no slot.
Slots(r) == {SlotName(r, n) : n \in 1..Capacity}
Target == Scope \cup File \cup UNION {Slots(r) : r \in Resource}
Wish == Scope \cup File \cup Resource

NoAgent == [presence |-> "absent", status |-> "idle", session |-> Off, block |-> Off]
LostAgent == [NoAgent EXCEPT !.presence = "lost"]
FreshAgent == [NoAgent EXCEPT !.presence = "present", !.session = Clock(SessionTtl)]
\* byScope, byPlace: what is left of the contended hold, because somebody waits for the scope or for a place only
NoLock == [holder |-> Nobody, left |-> Off, byScope |-> Off, byPlace |-> Off]
NoRequest == [kind |-> Nobody, by |-> Nobody]
NoSync == [status |-> "idle", by |-> Nobody, failures |-> 0, pause |-> Off]

\* The house at the start of a model: these agents are present, these scopes are defined.
House(agents, scopes, deps) ==
  [agents   |-> [a \in Agent |-> IF a \in agents THEN FreshAgent ELSE NoAgent],
   locks    |-> [t \in Target |-> NoLock],
   queue    |-> <<>>,
   scopes   |-> scopes,
   withdrawn |-> {},   \* those of the scopes that no graph names, kept because somebody holds them or waits for them
   deps     |-> [s \in Scope |-> IF s \in scopes THEN deps[s] ELSE {}],
   syncs    |-> [s \in Scope |-> NoSync],
   contexts |-> [s \in Scope |-> FALSE],   \* whether a coordinated write of its context file is known
   requests |-> [r \in RequestId |-> NoRequest],   \* the command that each id was committed with
   places   |-> MaxConcurrent]   \* how many agents may hold locks: the setting in force

NoDeps == [s \in Scope |-> {}]

-------------------------------------------------------------------------------
(* Questions *)

Present(h, a) == h.agents[a].presence = "present"
Free(h, t) == h.locks[t].holder = Nobody
Held(h, a) == {t \in Target : h.locks[t].holder = a}

\* The scope of a scope is itself, that of a file the nearest around it, that of a resource none.
ScopeOf(h, w) ==
  IF w \in Scope THEN w
  ELSE IF w \notin File THEN Nobody
  ELSE LET around == SelectSeq(FoldersOf(w), LAMBDA s : s \in h.scopes) IN IF around = <<>> THEN Nobody ELSE Head(around)

\* In which scopes an agent holds something, and what it holds under a name: of a resource its slot.
HeldIn(h, a) == {ScopeOf(h, t) : t \in Held(h, a)} \ {Nobody}
HeldUnder(h, a, w) == IF w \in Resource THEN Slots(w) \cap Held(h, a) ELSE {w} \cap Held(h, a)
FreeSlots(h, r) == {t \in Slots(r) : Free(h, t)}

\* Two targets that cannot have different holders: the same, or in the same scope and one of them the whole of it.
Overlap(h, v, w) ==
  \/ v = w
  \/ /\ Bug # "overlapUnseen" /\ (v \in Scope \/ w \in Scope)
     /\ ScopeOf(h, v) # Nobody /\ ScopeOf(h, v) = ScopeOf(h, w)
Overlapping(h, w) == {t \in Scope \cup File : Overlap(h, w, t)}

Holders(h) == {h.locks[t].holder : t \in {x \in Scope \cup File : ~Free(h, x)}}
Full(h) == Cardinality(Holders(h)) >= h.places
NeedsPlace(h, a, W) == HeldIn(h, a) = {} /\ ~(W \subseteq Resource)
Waits(h, a) == \E i \in 1..Len(h.queue) : h.queue[i].agent = a
TicketOf(h, a) == CHOOSE i \in 1..Len(h.queue) : h.queue[i].agent = a
\* Whether somebody waits for what a lock covers, and whether somebody else does.  The slots of a resource are wanted
\* while none is free.
WantedBy(h, t, i) ==
  \E w \in h.queue[i].targets : IF w \in Resource THEN t \in Slots(w) /\ FreeSlots(h, w) = {} ELSE Overlap(h, w, t)
Wanted(h, t) == \E i \in 1..Len(h.queue) : h.queue[i].agent # h.locks[t].holder /\ WantedBy(h, t, i)
\* Whether a scope or a file of it is held or waited for.
InUse(h, s) ==
  \/ \E t \in Target : ~Free(h, t) /\ ScopeOf(h, t) = s
  \/ \E i \in 1..Len(h.queue) : \E w \in h.queue[i].targets : ScopeOf(h, w) = s
\* The scopes of the graph that was given last: without those that are only kept.
Defined(h) == h.scopes \ h.withdrawn
\* Blocked by its own word, not by waiting.
SaysBlocked(h, a) == h.agents[a].status = "blocked" /\ ~Waits(h, a)

RECURSIVE Above(_, _)
\* These scopes and every scope that depends on one of them, directly or not.
Above(S, deps) ==
  LET more == {x \in Scope : deps[x] \cap S # {}} \ S
  IN IF more = {} THEN S ELSE Above(S \cup more, deps)

-------------------------------------------------------------------------------
(* Elementary changes *)

SetStatus(h, a, status) ==
  IF h.agents[a].status = status THEN h
  ELSE [h EXCEPT !.agents[a].status = status,
                 !.agents[a].block = IF status = "blocked" /\ Bug # "blockNotTimed" THEN Clock(MaxBlock) ELSE Off]

\* Every committed command of an agent shows that it is there.
Seen(h, a) == [h EXCEPT !.agents[a].session = Clock(SessionTtl)]

RECURSIVE EachSetStatus(_, _, _)
EachSetStatus(h, A, status) ==
  IF A = {} THEN h
  ELSE LET a == CHOOSE x \in A : TRUE IN EachSetStatus(SetStatus(h, a, status), A \ {a}, status)

\* These locks end; who has none left and does not wait has nothing to work on.
EndLocks(h, S) ==
  LET ended == [h EXCEPT !.locks = [t \in Target |-> IF t \in S THEN NoLock ELSE @[t]]]
      hadThem == {h.locks[t].holder : t \in S} \ {Nobody}
      emptied == {a \in hadThem : Held(ended, a) = {} /\ ~Waits(h, a)}
  IN IF Bug = "expiredStaysWorking" THEN ended ELSE EachSetStatus(ended, emptied, "idle")

\* The tickets of these agents end without a grant.
EndTickets(h, A) ==
  LET waiting == {a \in A : Waits(h, a)}
      ended == [h EXCEPT !.queue = SelectSeq(@, LAMBDA t : t.agent \notin A)]
      holding == {a \in waiting : Held(h, a) # {}}
  IN EachSetStatus(EachSetStatus(ended, waiting \ holding, "idle"), holding, "working")

\* Of a resource the lowest free slot.
Granted(h, W) ==
  (W \ Resource) \cup
    {LET lowest(n) == Bug = "slotTwice" \/ (Free(h, SlotName(r, n)) /\ \A m \in 1..(n - 1) : ~Free(h, SlotName(r, m)))
     IN SlotName(r, CHOOSE n \in 1..Capacity : lowest(n)) : r \in W \cap Resource}

GrantLocks(h, a, W) ==
  LET lock == [NoLock EXCEPT !.holder = a, !.left = Clock(LockTtl)]
      granted == Granted(h, W)
  IN SetStatus([h EXCEPT !.locks = [t \in Target |-> IF t \in granted THEN lock ELSE @[t]]], a, "working")

FailedSync(sync) ==
  [status |-> "failed", by |-> Nobody, failures |-> sync.failures + 1, pause |-> Backoff * 2 ^ sync.failures]

\* Agents that go away cannot finish what they run.
FailRuns(h, A) ==
  [h EXCEPT !.syncs = [s \in Scope |-> IF @[s].by \in A THEN FailedSync(@[s]) ELSE @[s]]]

\* These scopes have changed: they and all that depends on them must be synced again, with a new budget of retries.
Invalidate(h, S) ==
  LET outdated == IF Bug = "noCascade" THEN S ELSE Above(S, h.deps)
  IN [h EXCEPT !.syncs = [s \in Scope |-> IF s \in outdated THEN NoSync ELSE @[s]]]

\* These scopes are no more, with all that is known of them.
Forget(h, S) ==
  [h EXCEPT !.scopes = @ \ S, !.withdrawn = @ \ S,
            !.syncs = [s \in Scope |-> IF s \in S THEN NoSync ELSE @[s]],
            !.contexts = [s \in Scope |-> @[s] /\ (s \in S => Bug = "removedKeepsContext")]]

\* What was only kept for those who held it or waited for it goes.
WithoutAbandoned(h) ==
  IF Bug = "withdrawnStays" THEN h ELSE Forget(h, {s \in h.withdrawn : ~InUse(h, s)})

-------------------------------------------------------------------------------
(* Answers: a code, which is empty when the command was committed, and then the house after it. *)

Commit(h) == [code |-> "", house |-> h]
Refuse(code) == [code |-> code]
NothingToDo == Refuse("UNCHANGED")
==============================================================================
