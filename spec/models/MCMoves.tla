------------------------------- MODULE MCMoves -------------------------------
(***************************************************************************)
(* A scope comes and goes inside another, while files are held and waited  *)
(* for that are in the one when it is there, and in the other when it is   *)
(* not.                                                                    *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E t \in Scope \cup File : AcquireLock(a, {t}, "wait") \/ ReleaseLock(a, t, "none")
       \/ Cardinality(File) > 1 /\ AcquireLock(a, File, "wait")
       \/ CancelWait(a)
  \/ DefineScopes({"s1"}, NoDeps) \/ DefineScopes({"s1/n"}, NoDeps) \/ DefineScopes(Scope, NoDeps)
  \/ DefineScope("s1/n", {}) \/ RemoveScope("s1/n")
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
