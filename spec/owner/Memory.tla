------------------------------- MODULE Memory --------------------------------
(***************************************************************************)
(* What one owner of the log has in memory, and how it gets there: by      *)
(* folding the log's entries, one by one, and by deciding requests.        *)
(*                                                                         *)
(* It plays `src/service/replica.ts' and `recovery.ts' (folding), and      *)
(* `batch.ts' with `src/core/decide.ts' (deciding).  The answers are those *)
(* of the machine itself: nothing is decided here in another way.          *)
(*                                                                         *)
(* An entry has, as in the code, the id of its request, what its caller    *)
(* was answered, and what it changes.  To fold an entry is to apply these  *)
(* changes blindly (`evolve'), whatever the state: so an entry that was    *)
(* decided on another state than the one before it does harm here as well. *)
(***************************************************************************)
EXTENDS Time

CONSTANT IdsMax   \* of how many requests a memory has the reply: of those committed last

\* What a request may wish.  A read commits nothing: it says who holds the scope.
Acquiring(a, s, wait) == [kind |-> "AcquireLock", by |-> a, scope |-> s, wait |-> wait]
Releasing(a, s) == [kind |-> "ReleaseLock", by |-> a, scope |-> s]
Reading(s) == [kind |-> "Read", by |-> Nobody, scope |-> s]

Answer(h, wish) ==
  CASE wish.kind = "AcquireLock" ->
         AsAgent(h, wish.by, AnswerAcquireLock(h, wish.by, {wish.scope}, wish.wait))
    [] wish.kind = "ReleaseLock" -> AsAgent(h, wish.by, AnswerReleaseLock(h, wish.by, {wish.scope}, "none"))
    [] wish.kind = "Read" -> Refuse(h.locks[wish.scope].holder)

\* What the caller is told, in a word.
Says(answer, wish) ==
  IF answer.code # "" THEN answer.code
  ELSE IF wish.kind = "ReleaseLock" THEN "released"
  ELSE IF answer.house.locks[wish.scope].holder = wish.by THEN "granted"
  ELSE "queued"

\* The name that the machine's step has.
Label(r, wish) ==
  Call(wish.kind, IF wish.kind = "AcquireLock" THEN <<wish.by, wish.scope, wish.wait, r>> ELSE <<wish.by, wish.scope, r>>)

-------------------------------------------------------------------------------
(* Entries *)

Changed(f, g) == [k \in {x \in DOMAIN g : g[x] # f[x]} |-> g[k]]
Events(h, g) ==
  [agents |-> Changed(h.agents, g.agents), locks |-> Changed(h.locks, g.locks),
   requests |-> Changed(h.requests, g.requests), queue |-> g.queue]
Evolved(h, events) ==
  [h EXCEPT !.agents = events.agents @@ @, !.locks = events.locks @@ @,
            !.requests = events.requests @@ @, !.queue = events.queue]

-------------------------------------------------------------------------------
(***************************************************************************)
(* The memory: a house, the revision that it is of, and for the request    *)
(* ids used last the reply that was given first (`recentRequests').  A     *)
(* reply says at which revision it was decided, and whether it was         *)
(* committed there.                                                        *)
(*                                                                         *)
(* What is forgotten is looked for in the log, if it has ever been there:  *)
(* that is known of every id (`Prints'), also when its entry is gone.      *)
(***************************************************************************)
NoReply == [revision |-> -1]
Gone == [revision |-> -2]
Reply(revision, says, committed) == [revision |-> revision, says |-> says, committed |-> committed]

Empty == [revision |-> 0, house |-> House(Agent, Scope, NoDeps), first |-> [r \in RequestId |-> NoReply]]

Remembered(first) ==
  [r \in RequestId |->
     IF Cardinality({q \in RequestId : first[q].revision > first[r].revision}) < IdsMax THEN first[r] ELSE NoReply]

\* Ids of which this memory has seen an entry.  (That the house has all of them is for the comparison with the machine.)
Prints(m) == {r \in RequestId : m.house.requests[r] # NoRequest}

Fold(m, entry) ==
  LET revision == m.revision + 1
  IN [revision |-> revision, house |-> Evolved(m.house, entry.events),
      first |-> Remembered([m.first EXCEPT ![entry.id] = Reply(revision, entry.says, TRUE)])]

RECURSIVE FoldAll(_, _)
FoldAll(m, entries) == IF entries = <<>> THEN m ELSE FoldAll(Fold(m, Head(entries)), Tail(entries))

\* Brought forward to the end of a log.
CaughtUp(m, log) ==
  IF Bug = "onlyNewestFolded" /\ m.revision < Len(log)
  THEN [Fold(m, log[Len(log)]) EXCEPT !.revision = Len(log)]
  ELSE FoldAll(m, SubSeq(log, m.revision + 1, Len(log)))

-------------------------------------------------------------------------------
(* Deciding a batch: request by request, each seeing the effects of those before it. *)

\* A request that was committed before gets its first answer, or is told that this answer is forgotten; it does nothing else.
\* `past' has what was found of the ids of the batch before it was decided.
Decide(m, r, wish, past) ==
  LET answer == Answer(m.house, wish)
      after == [answer.house EXCEPT !.requests[r] = [kind |-> wish.kind, by |-> wish.by]]
      entry == [id |-> r, label |-> Label(r, wish), says |-> Says(answer, wish), events |-> Events(m.house, after)]
      first == IF m.first[r] # NoReply THEN m.first[r] ELSE past[r]
  IN IF first = Gone THEN [entries |-> <<>>, reply |-> Reply(m.revision, "FORGOTTEN", FALSE)]
     ELSE IF first # NoReply /\ Bug # "idsNotLookedUp" THEN [entries |-> <<>>, reply |-> first]
     ELSE IF answer.code # "" THEN [entries |-> <<>>, reply |-> Reply(m.revision, Says(answer, wish), FALSE)]
     ELSE [entries |-> <<entry>>, reply |-> Reply(m.revision + 1, entry.says, TRUE)]

RECURSIVE DecideAll(_, _, _, _)
DecideAll(m, batch, wishes, past) ==
  IF batch = <<>> THEN [memory |-> m, entries |-> <<>>, replies |-> <<>>]
  ELSE LET first == Decide(m, Head(batch), wishes[Head(batch)], past)
           rest == DecideAll(FoldAll(m, first.entries), Tail(batch), wishes, past)
       IN [memory |-> rest.memory, entries |-> first.entries \o rest.entries, replies |-> <<first.reply>> \o rest.replies]
===============================================================================
