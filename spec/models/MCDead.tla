-------------------------------- MODULE MCDead --------------------------------
(* Agents whose process ends, and is seen to have ended by the owner of the log, before they are silent for too long. *)
EXTENDS Edges

Init ==
  /\ house = House({}, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "down"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ AgentJoin(a) \/ AgentResume(a) \/ AgentLeave(a) \/ Heartbeat(a)
       \/ SeeDead(a) \/ SeeFormerDead(a)
       \/ \E s \in Scope : AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none")
       \/ Crash(a) \/ Partition(a) \/ Heal(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
