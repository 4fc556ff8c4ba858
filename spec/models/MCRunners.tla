------------------------------ MODULE MCRunners -------------------------------
(* Who runs a sync: several agents, runs that were ended meanwhile, agents that leave, complete or are lost, back-off, Git. *)
EXTENDS Edges

\* s2 needs s1; a third scope would stand alone.
Chain == [s \in Scope |-> IF s = "s2" THEN {"s1"} ELSE {}]

Init ==
  /\ house = House(Agent, Scope, Chain)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E s \in Scope :
            \/ StartSync(a, s)
            \/ \E run \in {"current", "stale"} : CompleteSync(a, s, run) \/ FailSync(a, s, run)
       \/ AgentJoin(a) \/ AgentLeave(a) \/ Heartbeat(a) \/ Crash(a)
       \/ \E status \in {"idle", "completed"} : SetAgentStatus(a, status, "said")
  \/ \E s \in Scope : RetrySync(s) \/ ResetSync(s) \/ AbortSync(s)
  \/ \E S \in SUBSET Scope \ {{}} : GitOperation(S)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
