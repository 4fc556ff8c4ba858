------------------------------- MODULE Scopes --------------------------------
(***************************************************************************)
(* Scopes and their dependencies.  A graph is taken whole or refused       *)
(* whole.  Absence ends nothing: a scope that a new graph does not name    *)
(* goes, with its sync, only if nobody holds it or waits for it.  Else it  *)
(* is withdrawn: it depends on nothing and nothing depends on it, and all  *)
(* else about it is as before.  It goes when nobody holds it or waits for  *)
(* it any more, in that step, or is named again.                           *)
(*                                                                         *)
(* A scope that was not there before takes its files out of the scope      *)
(* around it.  Who holds one of them, or waits for it, loses it: in the    *)
(* new scope somebody may ask for the whole.                               *)
(*                                                                         *)
(* A scope that gains a dependency that is not completed, and all that     *)
(* depends on it, must be synced again.                                    *)
(***************************************************************************)
EXTENDS Agents

RECURSIVE Depth(_, _)
\* The longest chain of dependencies from a scope, in edges; no cycle may be there.
Depth(s, deps) ==
  IF deps[s] = {} THEN 0
  ELSE LET depths == {Depth(d, deps) : d \in deps[s]} IN 1 + CHOOSE x \in depths : \A y \in depths : y <= x

IsCyclic(deps) == \E s \in Scope : \E d \in deps[s] : d \in Above({s}, deps)

FaultOf(s, scopes, deps) ==
  IF s \in deps[s] THEN "SELF_DEPENDENCY"
  ELSE IF ~(deps[s] \subseteq scopes) THEN "DEPENDENCY_UNKNOWN"
  ELSE IF Cardinality(deps[s]) > MaxDeps /\ Bug # "noGraphBounds" THEN "DEPENDENCY_LIMIT_REACHED"
  ELSE ""

\* Why a graph cannot be taken: the first fault in the order of scopes, then its shape.
RefusedGraph(scopes, deps) ==
  LET faulty == SelectSeq(InOrder(scopes), LAMBDA s : FaultOf(s, scopes, deps) # "")
  IN IF Bug = "noGraphCheck" THEN ""
     ELSE IF faulty # <<>> THEN FaultOf(Head(faulty), scopes, deps)
     ELSE IF IsCyclic(deps) THEN IF Bug = "noCycleCheck" THEN "" ELSE "DEPENDENCY_CYCLE"
     ELSE IF Bug # "noGraphBounds" /\ \E s \in scopes : Depth(s, deps) > MaxDepth THEN "SCOPE_DEPTH_EXCEEDED"
     ELSE ""

GainsUnsynced(h, s, deps) == \E d \in deps[s] \ h.deps[s] : h.syncs[d].status # "completed"

\* What is not named and in use stays.  (Left out as a whole or in part, to show what the properties are for.)
StillInUse(h, S) ==
  IF Bug \in {"ticketsTrimmed", "removedKeepsLock", "absenceEnds"} THEN {} ELSE {s \in S : InUse(h, s)}

RemoveScopes(h, S) ==
  LET waiters == {h.queue[i].agent : i \in {j \in 1..Len(h.queue) : h.queue[j].targets \cap S # {}}}
      trimmed == [h EXCEPT !.queue = [i \in 1..Len(@) |-> [@[i] EXCEPT !.targets = @ \ S]]]
      vacated == CASE Bug = "ticketsTrimmed" -> EndLocks(trimmed, S)
                   [] Bug = "absenceEnds" -> Settled(EndLocks(EndTickets(h, waiters), S))
                   [] OTHER -> h
  IN Forget(vacated, S)

\* Files that come to be in another scope, because one is defined around them that was not there before.
Moved(h, scopes) ==
  LET wider == [h EXCEPT !.scopes = @ \cup scopes]
  IN {f \in File : ScopeOf(h, f) # Nobody /\ ScopeOf(wider, f) # ScopeOf(h, f)}

\* What is held or waited for of them ends, and the queue is served.
WithoutMoved(h, files) ==
  LET held == {f \in files : ~Free(h, f)}
      waiters == {h.queue[i].agent : i \in {j \in 1..Len(h.queue) : h.queue[j].targets \cap files # {}}}
  IN IF Bug = "movedStays" \/ (held = {} /\ waiters = {}) THEN h
     ELSE RunHolds(ServeFrom(EndLocks(EndTickets(h, waiters), held), 1))

\* The dependencies of what is not in the graph are none.
ReplaceGraph(h, scopes, deps) ==
  LET refused == RefusedGraph(scopes, deps)
      settled == WithoutMoved(h, Moved(h, scopes))
      unnamed == Defined(h) \ scopes
      kept == StillInUse(settled, unnamed)
      outdated == {s \in scopes \cap h.scopes : GainsUnsynced(h, s, deps)}
      next == [settled EXCEPT !.scopes = @ \cup scopes, !.withdrawn = (@ \ scopes) \cup kept, !.deps = deps]
      resynced == IF Bug = "newDependencyKeepsSync" THEN next ELSE Invalidate(next, outdated)
      removed == RemoveScopes(resynced, unnamed \ kept)
  IN IF refused # "" THEN Refuse(refused)
     ELSE IF scopes = Defined(h) /\ deps = h.deps THEN NothingToDo
     ELSE Commit(IF settled = h THEN removed ELSE WithoutAbandoned(removed))

\* No scopes at all are more often a source that cannot be seen than a wish: whoever means it says so.
AnswerDefineScopes(h, scopes, deps, meant) ==
  IF scopes = {} /\ Defined(h) # {} /\ ~meant /\ Bug # "emptyTaken" THEN Refuse("GRAPH_EMPTY")
  ELSE ReplaceGraph(h, scopes, [s \in Scope |-> IF s \in scopes THEN deps[s] ELSE {}])

AnswerDefineScope(h, s, D) == ReplaceGraph(h, Defined(h) \cup {s}, [h.deps EXCEPT ![s] = D])

AnswerRemoveScope(h, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF \E x \in Scope : s \in h.deps[x] THEN Refuse("DEPENDENCY_UNKNOWN")
  ELSE ReplaceGraph(h, Defined(h) \ {s}, [h.deps EXCEPT ![s] = {}])
==============================================================================
