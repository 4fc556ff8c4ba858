------------------------------- MODULE MCStatus -------------------------------
(* What an agent says about itself, and that nobody stays blocked for too long. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E status \in {"idle", "working", "blocked", "completed"} : SetAgentStatus(a, status, "said")
       \/ \E status \in {"idle", "working", "completed"} : SetAgentStatus(a, status, "none")
       \/ \E s \in Scope, wait \in {"now", "wait"} : AcquireLock(a, {s}, wait)
       \/ \E s \in Scope : ReleaseLock(a, s, "none") \/ RenewLock(a, s, "none")
       \/ CancelWait(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
