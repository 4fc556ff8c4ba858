-------------------------------- MODULE MCSync --------------------------------
(* A graph that changes while its scopes are synced: order, cascade, failures and retries. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, {}, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E s \in Scope :
       \/ \E D \in SUBSET Scope : DefineScope(s, D)
       \/ RemoveScope(s)
       \/ RetrySync(s) \/ ResetSync(s) \/ AbortSync(s) \/ InvalidateSync(s)
       \/ \E a \in Agent : StartSync(a, s) \/ CompleteSync(a, s, "current") \/ FailSync(a, s, "current")
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
