-------------------------------- MODULE MCHold --------------------------------
(* The contended hold: who renews keeps a lock for ever while nobody waits, and for a bounded time once somebody does. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E s \in Scope :
            \/ AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none")
            \/ RenewLock(a, s, "none") \/ RenewLock(a, s, "stale")
       \/ Heartbeat(a) \/ CancelWait(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
