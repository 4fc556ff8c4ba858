------------------------------- MODULE Scopes --------------------------------
(***************************************************************************)
(* Scopes and their dependencies.  A graph is taken whole or refused       *)
(* whole.  A scope that goes away takes its lock, its waiters and its sync *)
(* with it; a scope that gains a dependency that is not completed, and all *)
(* that depends on it, must be synced again.                               *)
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

\* A ticket that wants a scope which goes away ends, also when it wants others too.
RemoveScopes(h, S) ==
  LET waiters == {h.queue[i].agent : i \in {j \in 1..Len(h.queue) : h.queue[j].scopes \cap S # {}}}
      trimmed == [h EXCEPT !.queue = [i \in 1..Len(@) |-> [@[i] EXCEPT !.scopes = @ \ S]]]
      vacated == EndLocks(IF Bug = "ticketsTrimmed" THEN trimmed ELSE EndTickets(h, waiters),
                          IF Bug = "removedKeepsLock" THEN {} ELSE S)
  IN [vacated EXCEPT !.syncs = [s \in Scope |-> IF s \in S THEN NoSync ELSE @[s]],
                     !.contexts = [s \in Scope |-> @[s] /\ (s \in S => Bug = "removedKeepsContext")]]

ReplaceGraph(h, scopes, deps) ==
  LET refused == RefusedGraph(scopes, deps)
      outdated == {s \in scopes \cap h.scopes : GainsUnsynced(h, s, deps)}
      next == [h EXCEPT !.scopes = scopes, !.deps = deps]
      resynced == IF Bug = "newDependencyKeepsSync" THEN next ELSE Invalidate(next, outdated)
  IN IF refused # "" THEN Refuse(refused)
     ELSE IF scopes = h.scopes /\ deps = h.deps THEN NothingToDo
     ELSE Commit(Settled(RemoveScopes(resynced, h.scopes \ scopes)))

AnswerDefineScopes(h, scopes, deps) == ReplaceGraph(h, scopes, [s \in Scope |-> IF s \in scopes THEN deps[s] ELSE {}])

AnswerDefineScope(h, s, D) == ReplaceGraph(h, h.scopes \cup {s}, [h.deps EXCEPT ![s] = D])

AnswerRemoveScope(h, s) ==
  IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND")
  ELSE IF \E x \in Scope : s \in h.deps[x] THEN Refuse("DEPENDENCY_UNKNOWN")
  ELSE ReplaceGraph(h, h.scopes \ {s}, [h.deps EXCEPT ![s] = {}])
==============================================================================
