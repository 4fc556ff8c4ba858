----------------------------- MODULE MCEverything -----------------------------
(***************************************************************************)
(* All of it together, on a graph of two scopes. The graph changes only    *)
(* where sessions have no clock: with every clock it would be more than    *)
(* twice as large, and `Graph21timed` has withdrawn scopes with each.      *)
(***************************************************************************)
EXTENDS Edges

Chain == [s \in Scope |-> IF s = "s2" THEN {"s1"} ELSE {}]

Init ==
  /\ house = House(Agent, Scope, Chain)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

AgentCommands(a) ==
  \/ AgentJoin(a) \/ AgentLeave(a) \/ Heartbeat(a) \/ CancelWait(a)
  \/ SetAgentStatus(a, "blocked", "said")
  \/ \E status \in {"idle", "working", "completed"} : SetAgentStatus(a, status, "none")
  \/ \E s \in Scope :
       \/ \E wait \in {"now", "wait"} : AcquireLock(a, {s}, wait)
       \/ ReleaseLock(a, s, "none")
       \/ ContextModify(a, s, "none", "seen")
       \/ StartSync(a, s) \/ CompleteSync(a, s, "current") \/ FailSync(a, s, "current")

OperatorCommands ==
  \/ \E s \in Scope : RevokeLock(s) \/ RetrySync(s) \/ AbortSync(s) \/ InvalidateSync(s)
  \/ SessionTtl = 0 /\ (RemoveScope("s2") \/ DefineScope("s2", {"s1"}))

Next ==
  \/ \E a \in Agent : AgentCommands(a) \/ Crash(a) \/ Partition(a) \/ Heal(a)
  \/ OperatorCommands
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
