------------------------------- MODULE MCForged -------------------------------
(***************************************************************************)
(* Every command of an agent, said by somebody who is not the agent: with  *)
(* the epoch of another incarnation and the right secret, or with the      *)
(* right epoch and another secret, a wrong one or that of another agent.   *)
(* It is said in every state, also for agents that nobody knows and that   *)
(* are lost, and nothing comes of it.                                      *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

-------------------------------------------------------------------------------
\* Each command with its arguments, and what the answer would be to the agent itself.
Sayings(a) ==
  {<<"AgentResume", <<>>, AnswerAgentResume(house, a)>>,
   <<"AgentLeave", <<>>, AnswerAgentLeave(house, a)>>,
   <<"Heartbeat", <<>>, AnswerHeartbeat(house, a)>>,
   <<"SetAgentStatus", <<"completed">>, AnswerSetAgentStatus(house, a, "completed", "none")>>,
   <<"CancelWait", <<>>, AnswerCancelWait(house, a)>>}
  \cup UNION {
    {<<"AcquireLock", <<s, "wait">>, AnswerAcquireLock(house, a, {s}, "wait")>>,
     <<"ReleaseLock", <<s>>, AnswerReleaseLock(house, a, {s}, "none")>>,
     <<"RenewLock", <<s>>, AnswerRenewLock(house, a, s, "none")>>,
     <<"ContextModify", <<s, "none", "seen">>, AnswerContextModify(house, a, s, "none", "seen")>>,
     <<"StartSync", <<s>>, AnswerStartSync(house, a, s)>>,
     <<"CompleteSync", <<s, "current">>, AnswerCompleteSync(house, a, s, "current")>>,
     <<"FailSync", <<s, "current">>, AnswerFailSync(house, a, s, "current")>>} : s \in Scope}

\* By name of the forgery: what the gate sees of it.
Forgeries ==
  {<<"earlierEpoch", "stale", "own">>, <<"laterEpoch", "stale", "own">>,
   <<"wrongSecret", "current", "other">>, <<"othersSecret", "current", "other">>}

Forge(a) ==
  \E saying \in Sayings(a), forgery \in Forgeries :
    /\ InTime
    /\ ToOperator(Call(saying[1], <<a>> \o saying[2] \o <<forgery[1]>>),
                  IF Bug = "forgedPasses" /\ Present(house, a) THEN saying[3]
                  ELSE Refuse(Gate(house, a, forgery[2], forgery[3])))

Next ==
  \/ \E a \in Agent :
       \/ AgentJoin(a) \/ AgentLeave(a) \/ Forge(a)
       \/ \E s \in Scope :
            \/ AcquireLock(a, {s}, "wait") \/ ContextModify(a, s, "none", "seen") \/ StartSync(a, s)
  \/ ExpireDue \/ Tick

-------------------------------------------------------------------------------
ForgedLabels ==
  UNION {{Call(kind, <<a>> \o arguments \o <<forgery[1]>>) :
            kind \in {"AgentResume", "AgentLeave", "Heartbeat", "SetAgentStatus", "CancelWait", "AcquireLock", "ReleaseLock", "RenewLock",
                      "ContextModify", "StartSync", "CompleteSync", "FailSync"},
            a \in Agent, forgery \in Forgeries} :
         arguments \in {<<>>, <<"completed">>}
           \cup UNION {{<<s>>, <<s, "wait">>, <<s, "current">>, <<s, "none", "seen">>} : s \in Scope}}

\* A label without a reason is that of a command from which something came.
ForgedRefused == [][step' \notin ForgedLabels]_vars

Spec == Init /\ [][Next]_vars
===============================================================================
