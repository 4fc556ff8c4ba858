------------------------------- MODULE MCMulti --------------------------------
(* Tickets for several scopes, and agents that may hold more than one lock: reservation for the oldest, deadlock. *)
EXTENDS Edges

Asks == SUBSET Scope \ {{}}

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E S \in Asks, wait \in {"now", "wait"} : AcquireLock(a, S, wait)
       \/ \E s \in Scope : ReleaseLock(a, s, "none")
       \/ ReleaseAll(a) \/ CancelWait(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
