------------------------------- MODULE MCLocks --------------------------------
(* Locks, leases and the queue: agents that have joined, scopes without dependencies. *)
EXTENDS Edges

Asks == {{s} : s \in Scope}

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E S \in Asks, wait \in {"now", "wait"} : AcquireLock(a, S, wait)
       \/ \E s \in Scope : ReleaseLock(a, s, "none") \/ ReleaseLock(a, s, "stale")
       \/ CancelWait(a)
  \/ \E s \in Scope : RevokeLock(s)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
