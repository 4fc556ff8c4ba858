------------------------------ MODULE MCContext -------------------------------
(* Writes of context files: who may write, with which token, on which content, and what that does to syncs. *)
EXTENDS Edges

Chain == [s \in Scope |-> IF s = "s2" THEN {"s1"} ELSE {}]

Init ==
  /\ house = House(Agent, Scope, Chain)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent, s \in Scope :
       \/ \E token \in {"none", "current", "stale"}, base \in {"seen", "other"} : ContextModify(a, s, token, base)
       \/ \E wait \in {"now", "wait"} : AcquireLock(a, {s}, wait)
       \/ ReleaseLock(a, s, "stale") \/ ReleaseLock(a, s, "none")
       \/ StartSync(a, s) \/ CompleteSync(a, s, "current")
  \/ \E a \in Agent : SetAgentStatus(a, "blocked", "said") \/ SetAgentStatus(a, "working", "none")
  \/ RemoveScope("s2") \/ DefineScope("s2", {"s1"})
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
