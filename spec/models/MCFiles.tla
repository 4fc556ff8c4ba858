------------------------------- MODULE MCFiles -------------------------------
(* Whole scopes and files of them: overlap, the oldest ticket, deadlock inside one scope, what may be written. *)
EXTENDS Edges

Paths == Scope \cup File

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Next ==
  \/ \E a \in Agent :
       \/ \E W \in SUBSET Paths \ {{}}, wait \in {"now", "wait"} : AcquireLock(a, W, wait)
       \/ \E t \in Paths :
            \/ \E token \in {"none", "stale"} : ReleaseLock(a, t, token) \/ RenewLock(a, t, token)
       \/ ReleaseAll(a) \/ CancelWait(a)
       \/ \E token \in {"none", "stale"} : ContextModify(a, "s1", token, "seen")
  \/ \E t \in Paths : RevokeLock(t)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
