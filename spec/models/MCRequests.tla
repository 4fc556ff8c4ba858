------------------------------ MODULE MCRequests ------------------------------
(* Requests with an id: the first is committed, a repeat gets the same answer, another command may not use the id. *)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

\* Looked up before anything else, the gate included; remembered with what it committed.
Identified(r, kind, by, arguments, answer) ==
  LET first == house.requests[r]
      request == [kind |-> kind, by |-> by]
      known == Refuse(IF first = request THEN "REPEATED" ELSE "REQUEST_ID_REUSED")
      new == IF answer.code = "" THEN Commit([answer.house EXCEPT !.requests[r] = request]) ELSE answer
      forgets == (Bug = "repeatCommits" /\ first = request) \/ (Bug = "idReused" /\ first # request)
  IN ToOperator(Call(kind, Append(arguments, r)), IF first = NoRequest \/ forgets THEN new ELSE known)

IdentifiedByAgent(r, kind, a, arguments, answer) ==
  Heard(a) /\ Identified(r, kind, a, <<a>> \o arguments, AsAgent(house, a, answer))

AcquireLockOnce(r, a, s, wait) ==
  IdentifiedByAgent(r, "AcquireLock", a, <<s, wait>>, AnswerAcquireLock(house, a, {s}, wait))
ReleaseLockOnce(r, a, s) ==
  IdentifiedByAgent(r, "ReleaseLock", a, <<s>>, AnswerReleaseLock(house, a, {s}, "none"))
CancelWaitOnce(r, a) == IdentifiedByAgent(r, "CancelWait", a, <<>>, AnswerCancelWait(house, a))
RevokeLockOnce(r, s) == InTime /\ Identified(r, "RevokeLock", Nobody, <<s>>, AnswerRevokeLock(house, s))

Next ==
  \/ \E a \in Agent, s \in Scope :
       \/ AcquireLock(a, {s}, "now") \/ AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none")
       \/ \E r \in RequestId :
            AcquireLockOnce(r, a, s, "now") \/ AcquireLockOnce(r, a, s, "wait") \/ ReleaseLockOnce(r, a, s)
  \/ \E a \in Agent : CancelWait(a) \/ \E r \in RequestId : CancelWaitOnce(r, a)
  \/ \E s \in Scope : RevokeLock(s) \/ \E r \in RequestId : RevokeLockOnce(r, s)
  \/ ExpireDue \/ Tick

\* What was committed with an id is not committed again.
Identifiable ==
  [r \in RequestId |->
     UNION {{Call("AcquireLock", <<a, s, wait, r>>), Call("ReleaseLock", <<a, s, r>>), Call("CancelWait", <<a, r>>)} :
              a \in Agent, s \in Scope, wait \in {"now", "wait"}}
       \cup {Call("RevokeLock", <<s, r>>) : s \in Scope}]
RepeatsChangeNothing ==
  [][\A r \in RequestId : house.requests[r] # NoRequest => step' \notin Identifiable[r]]_vars

Spec == Init /\ [][Next]_vars
===============================================================================
