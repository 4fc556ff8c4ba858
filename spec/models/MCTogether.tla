------------------------------ MODULE MCTogether ------------------------------
(***************************************************************************)
(* Locks that are granted together have one token: it gives them back      *)
(* together, and each by itself until it is asked for again.               *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

\* An agent holds all scopes or none, so that whoever holds one has one token for all.
ReleaseTogether(a, token) ==
  /\ Heard(a) /\ (token = "first" => ~Free(house, "s1"))
  /\ ToAgent(a, Call("ReleaseLock", IF token = "none" THEN <<a, SetText(Scope)>> ELSE <<a, SetText(Scope), token>>),
             AnswerReleaseLock(house, a, IF Bug = "tokenOfOne" /\ token = "first" THEN {"s1"} ELSE Scope,
                               IF token = "stale" THEN "stale" ELSE "none"))
ReleaseAllTogether(a) ==
  /\ Heard(a) /\ Held(house, a) # {}
  /\ ToAgent(a, Call("ReleaseLock", <<a, "all", "first">>), AnswerReleaseLock(house, a, Held(house, a), "none"))

Next ==
  \/ \E a \in Agent :
       \/ \E wait \in {"now", "wait"} : AcquireLock(a, Scope, wait)
       \/ \E token \in {"none", "stale", "first"} : ReleaseTogether(a, token)
       \/ ReleaseAll(a) \/ ReleaseAllTogether(a) \/ Heartbeat(a) \/ CancelWait(a)
  \/ ExpireDue \/ Tick

\* Several are granted as a unit, and given back as one.
HeldTogether == \A s, t \in Scope : house.locks[s].holder = house.locks[t].holder /\ house.locks[s].left = house.locks[t].left

Spec == Init /\ [][Next]_vars
===============================================================================
