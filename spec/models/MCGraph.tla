------------------------------- MODULE MCGraph --------------------------------
(***************************************************************************)
(* The whole graph replaced while scopes are locked, waited for and        *)
(* synced; what is not named goes away, or is withdrawn until it is free.  *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, {}, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E scopes \in SUBSET Scope : \E deps \in [scopes -> SUBSET Scope] : DefineScopes(scopes, deps)
  \/ DefineNoScopes
  \/ \E s \in Scope : RemoveScope(s)
  \/ \E a \in Agent :
       \/ \E S \in SUBSET Scope \ {{}} : AcquireLock(a, S, "wait")
       \/ ReleaseAll(a) \/ CancelWait(a)
       \/ \E s \in Scope : ReleaseLock(a, s, "none") \/ StartSync(a, s) \/ CompleteSync(a, s, "current")
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
