------------------------------- MODULE MCSlots -------------------------------
(* Resources with slots, beside scopes: who has which slot, what the oldest ticket keeps, deadlock between the two. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E W \in SUBSET Wish \ {{}}, wait \in {"now", "wait"} : AcquireLock(a, W, wait)
       \/ AcquireLock(a, {"@q9"}, "now")
       \/ \E w \in Wish :
            \/ \E token \in {"none", "stale"} : ReleaseLock(a, w, token) \/ RenewLock(a, w, token)
       \/ ReleaseAll(a) \/ CancelWait(a)
  \/ \E r \in Resource : RevokeLock(r)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
