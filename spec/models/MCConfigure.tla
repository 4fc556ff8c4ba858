----------------------------- MODULE MCConfigure ------------------------------
(* The number of places changes while locks are held and waited for. *)
EXTENDS Edges

Asks == SUBSET Scope \ {{}}

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E S \in Asks : AcquireLock(a, S, "wait")
       \/ \E s \in Scope : ReleaseLock(a, s, "none")
       \/ CancelWait(a)
  \/ \E places \in 1..3 : Configure(places)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
