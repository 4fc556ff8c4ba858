----------------------------- MODULE Coordination -----------------------------
(***************************************************************************)
(* The coordination machine: its actions.  An action is a command, with    *)
(* the name that the command has in the code, or a step of the             *)
(* environment.  One step is one command, one revision, one entry of the   *)
(* log; the log's owner may crash between any two steps and loses nothing, *)
(* because a step is what has been appended.                               *)
(*                                                                         *)
(* A command that is refused, or that finds nothing to do, is a step too:  *)
(* it changes nothing, and its label ends in !REASON.  So the guards are   *)
(* part of the graph, and a guard that is missing is a label that differs. *)
(*                                                                         *)
(*   house    what the coordinator knows                                   *)
(*   clients  the truth about the process behind each name, which the      *)
(*            coordinator cannot see: "up" (has a session and is heard),   *)
(*            "cut" (has one and is not heard), "down" (has none)          *)
(*   step     the label of the last step; `View' leaves it out, so that it *)
(*            does not tell states apart                                   *)
(***************************************************************************)
EXTENDS Time

VARIABLES house, clients, step
View == <<house, clients>>
vars == <<house, clients, step>>

\* While something is due the service submits `ExpireDue' first.
InTime == ~IsDue(house)

Say(label, answer) ==
  /\ step' = IF answer.code = "" THEN label ELSE label \o "!" \o answer.code
  /\ house' = IF answer.code = "" THEN answer.house ELSE house

\* Who can speak: an agent whose process is heard; an operator always.
Heard(a) == InTime /\ clients[a] = "up"

\* The answer to an agent that speaks in its own name, and to an operator.
ToAgent(a, label, answer) == Say(label, AsAgent(house, a, answer)) /\ UNCHANGED clients
ToOperator(label, answer) == Say(label, answer) /\ UNCHANGED clients

-------------------------------------------------------------------------------
(* Agents *)

\* When it is committed the client is up, else it is what it was.
AgentJoin(a) ==
  /\ clients[a] # "cut" /\ InTime
  /\ Say(Call("AgentJoin", <<a>>), AnswerAgentJoin(house, a))
  /\ clients' = IF Present(house, a) THEN clients ELSE [clients EXCEPT ![a] = "up"]

\* Another process, which has found out the session, goes on as the agent, whatever has become of the process before.
AgentResume(a) ==
  /\ InTime
  /\ Say(Call("AgentResume", <<a>>), AsAgent(house, a, AnswerAgentResume(house, a)))
  /\ clients' = IF Present(house, a) THEN [clients EXCEPT ![a] = "up"] ELSE clients

\* The owner of the log sees that the process behind an agent's session has ended; and that one has ended which is the
\* agent's no longer, because another process goes on as it.
SeeDead(a) ==
  /\ InTime /\ clients[a] = "down"
  /\ LET refused == Gate(house, a, "current", "own")
     IN Say(Call("SeeDead", <<a>>), IF refused # "" THEN Refuse(refused) ELSE AnswerSeeDead(house, a))
  /\ UNCHANGED clients
SeeFormerDead(a) ==
  /\ InTime
  /\ LET refused == Gate(house, a, "current", "other")
         answer == IF Bug = "formerIsTaken" /\ Present(house, a) THEN AnswerSeeDead(house, a) ELSE Refuse(refused)
     IN Say(Call("SeeDead", <<a, "otherSession">>), answer)
  /\ UNCHANGED clients

AgentLeave(a) ==
  /\ Heard(a)
  /\ Say(Call("AgentLeave", <<a>>), AsAgent(house, a, AnswerAgentLeave(house, a)))
  /\ clients' = IF Present(house, a) THEN [clients EXCEPT ![a] = "down"] ELSE clients

Heartbeat(a) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("Heartbeat", <<a>>), AnswerHeartbeat(house, a))

\* Somebody who is not the agent: with the epoch of an earlier incarnation, or with another session.
ForgedHeartbeat(a) ==
  \/ /\ InTime /\ UNCHANGED clients
     /\ Say(Call("Heartbeat", <<a, "staleEpoch">>), Refuse(Gate(house, a, "stale", "own")))
  \/ /\ InTime /\ UNCHANGED clients
     /\ Say(Call("Heartbeat", <<a, "otherSession">>), Refuse(Gate(house, a, "current", "other")))

\* Words that are not said do not appear in the label.
SetAgentStatus(a, status, words) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("SetAgentStatus", IF words = "none" THEN <<a, status>> ELSE <<a, status, words>>),
             AnswerSetAgentStatus(house, a, status, words))

-------------------------------------------------------------------------------
(* Locks *)

AcquireLock(a, W, wait) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("AcquireLock", <<a, SetText(W), wait>>), AnswerAcquireLock(house, a, W, wait))

\* A token that is not presented does not appear in the label.
ReleaseLock(a, s, token) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("ReleaseLock", IF token = "none" THEN <<a, s>> ELSE <<a, s, token>>),
             AnswerReleaseLock(house, a, {s}, token))
ReleaseAll(a) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("ReleaseLock", <<a, "all">>), AnswerReleaseAll(house, a))

RenewLock(a, s, token) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("RenewLock", IF token = "none" THEN <<a, s>> ELSE <<a, s, token>>),
             AnswerRenewLock(house, a, s, token))

CancelWait(a) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("CancelWait", <<a>>), AnswerCancelWait(house, a))
RevokeLock(s) ==
  /\ InTime
  /\ ToOperator(Call("RevokeLock", <<s>>), AnswerRevokeLock(house, s))

-------------------------------------------------------------------------------
(* Scopes and their content *)

GraphText(scopes, deps) ==
  Joined([i \in 1..Cardinality(scopes) |-> InOrder(scopes)[i] \o "=" \o SetText(deps[InOrder(scopes)[i]])], ";")

DefineScopes(scopes, deps) ==
  /\ InTime
  /\ ToOperator(Call("DefineScopes", <<GraphText(scopes, deps)>>), AnswerDefineScopes(house, scopes, deps, FALSE))
\* No scopes at all, and it is said that this is meant.
DefineNoScopes ==
  /\ InTime
  /\ ToOperator("DefineScopes(,meant)", AnswerDefineScopes(house, {}, NoDeps, TRUE))
DefineScope(s, D) ==
  /\ InTime
  /\ ToOperator(Call("DefineScope", <<s, SetText(D)>>), AnswerDefineScope(house, s, D))
RemoveScope(s) ==
  /\ InTime
  /\ ToOperator(Call("RemoveScope", <<s>>), AnswerRemoveScope(house, s))

\* Only the holder knows the current token.
ContextModify(a, s, token, base) ==
  /\ token = "current" => house.locks[s].holder = a
  /\ Heard(a)
  /\ ToAgent(a, Call("ContextModify", <<a, s, token, base>>), AnswerContextModify(house, a, s, token, base))

GitOperation(S) ==
  /\ InTime
  /\ ToOperator(Call("GitOperation", <<SetText(S)>>), AnswerGitOperation(house, S))

-------------------------------------------------------------------------------
(* Syncs *)

StartSync(a, s) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("StartSync", <<a, s>>), AnswerStartSync(house, a, s))
CompleteSync(a, s, run) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("CompleteSync", <<a, s, run>>), AnswerCompleteSync(house, a, s, run))
FailSync(a, s, run) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("FailSync", <<a, s, run>>), AnswerFailSync(house, a, s, run))
RetrySync(s) ==
  /\ InTime
  /\ ToOperator(Call("RetrySync", <<s>>), AnswerRetrySync(house, s))
ResetSync(s) ==
  /\ InTime
  /\ ToOperator(Call("ResetSync", <<s>>), AnswerResetSync(house, s))
AbortSync(s) ==
  /\ InTime
  /\ ToOperator(Call("AbortSync", <<s>>), AnswerAbortSync(house, s))
InvalidateSync(s) ==
  /\ InTime
  /\ ToOperator(Call("InvalidateSync", <<s>>), AnswerInvalidateSync(house, s))

-------------------------------------------------------------------------------
(* Time, and what the owner of the log does *)

ExpireDue == IsDue(house) /\ Say("ExpireDue", AnswerExpireDue(house)) /\ UNCHANGED clients

Tick ==
  /\ InTime
  /\ OneUnitLater(house) # house
  /\ Say("Tick", Commit(OneUnitLater(house))) /\ UNCHANGED clients

TakeOver(cause) ==
  /\ InTime
  /\ ToOperator(Call("TakeOver", <<cause>>), AnswerTakeOver(house, cause))
Configure(places) ==
  /\ InTime
  /\ ToOperator(Call("Configure", <<ToString(places)>>), AnswerConfigure(house, places))

-------------------------------------------------------------------------------
(* The environment of the agents.  A crashed process starts again by joining anew. *)

Befalls(a, label, after) ==
  clients' = [clients EXCEPT ![a] = after] /\ step' = label /\ UNCHANGED house

Crash(a) ==
  /\ InTime /\ clients[a] \in {"up", "cut"}
  /\ Befalls(a, Call("Crash", <<a>>), "down")
Partition(a) ==
  /\ InTime /\ clients[a] = "up"
  /\ Befalls(a, Call("Partition", <<a>>), "cut")
Heal(a) ==
  /\ InTime /\ clients[a] = "cut"
  /\ Befalls(a, Call("Heal", <<a>>), "up")
===============================================================================
