------------------------------ MODULE MCTakeOver ------------------------------
(* Another owner takes the log over: every clock starts anew in full. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E s \in Scope : AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none") \/ RenewLock(a, s, "none")
       \/ Heartbeat(a) \/ SetAgentStatus(a, "blocked", "said") \/ SetAgentStatus(a, "working", "none")
  \/ TakeOver("first") \/ TakeOver("otherBoot")
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
