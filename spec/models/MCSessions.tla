------------------------------ MODULE MCSessions ------------------------------
(* Agents that come, go, crash, are cut off and are lost, with all they hold and wait for. *)
EXTENDS Edges

Init ==
  /\ house = House({}, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "down"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ AgentJoin(a) \/ AgentResume(a) \/ AgentLeave(a) \/ Heartbeat(a) \/ ForgedHeartbeat(a)
       \/ \E s \in Scope : AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none")
       \/ Crash(a) \/ Partition(a) \/ Heal(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
