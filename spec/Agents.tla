------------------------------- MODULE Agents --------------------------------
(***************************************************************************)
(* Agents: who takes part, and what each is doing.                         *)
(*                                                                         *)
(*   idle, completed --(lock granted)--> working --(last lock ends)-> idle *)
(*   idle, completed --(queued)--> blocked --(ticket granted)--> working   *)
(*   blocked --(wait ends in vain)--> idle                                 *)
(*   working --(says so)--> blocked --(says so)--> working                 *)
(*   working, idle --(says so)--> completed --(says so)--> idle            *)
(***************************************************************************)
EXTENDS Locks

\* Everything these agents have goes back.
GiveUp(h, A) == EndLocks(EndTickets(FailRuns(h, A), A), UNION {Held(h, a) : a \in A})

LoseAgents(h, A) ==
  LET without == IF Bug = "lostKeepsLock" THEN EndTickets(FailRuns(h, A), A) ELSE GiveUp(h, A)
  IN [without EXCEPT !.agents = [a \in Agent |-> IF a \in A THEN LostAgent ELSE @[a]]]

AnswerAgentJoin(h, a) ==
  IF Present(h, a) THEN Refuse("AGENT_ALREADY_JOINED")
  ELSE Commit([h EXCEPT !.agents[a] = FreshAgent])

\* Another process speaks for the agent from now on; nothing else is changed by that.
AnswerAgentResume(h, a) == Commit(IF Bug = "resumeReleases" THEN Settled(GiveUp(h, {a})) ELSE h)

AnswerAgentLeave(h, a) ==
  LET without == IF Bug = "leaveKeepsTicket" THEN EndLocks(FailRuns(h, {a}), Held(h, a)) ELSE GiveUp(h, {a})
  IN Commit(Settled([without EXCEPT !.agents[a] = NoAgent]))

\* The process behind the agent is seen to have ended: by the owner of the log, which says whose process that was.  What the
\* agent has is kept a little longer, so that a client that starts again can go on as it.
AnswerSeeDead(h, a) ==
  IF h.agents[a].session <= DeadGrace /\ Bug # "deadProlongs" THEN NothingToDo
  ELSE IF Bug = "deadLosesAtOnce" THEN Commit(Settled(LoseAgents(h, {a})))
  ELSE Commit([h EXCEPT !.agents[a].session = DeadGrace])

AnswerHeartbeat(h, a) == Commit(RenewLocks(h, Held(h, a)))

Declarable(status) ==
  CASE status = "idle" -> {"completed"}
    [] status = "working" -> {"blocked", "completed"}
    [] status = "blocked" -> IF Bug = "blockedCompletes" THEN {"working", "completed"} ELSE {"working"}
    [] status = "completed" -> {"idle"}

\* What it says to the others changes nothing for the machine, but shows that it is there.
AnswerSetAgentStatus(h, a, status, words) ==
  LET from == h.agents[a].status
      \* Its runs fail and its locks end; it does not wait.
      released == IF status = "completed" /\ Bug # "completedKeepsLock" THEN GiveUp(h, {a}) ELSE h
  IN IF from = status THEN IF words = "said" THEN Commit(h) ELSE NothingToDo
     ELSE IF Waits(h, a) \/ status \notin Declarable(from) THEN Refuse("TRANSITION_NOT_ALLOWED")
     ELSE Commit(Settled(SetStatus(released, a, status)))

-------------------------------------------------------------------------------
(* The gate that every command of an agent passes first *)

Gate(h, a, epoch, session) ==
  IF h.agents[a].presence = "absent" THEN "AGENT_NOT_FOUND"
  ELSE IF epoch = "stale" THEN "STALE_EPOCH"
  ELSE IF session = "other" THEN "SESSION_MISMATCH"
  ELSE IF h.agents[a].presence = "lost" THEN "AGENT_LOST"
  ELSE ""

\* The answer to an agent, given what the answer is behind the gate.  Who is heard is seen, if anything comes of it.
AsAgent(h, a, answer) ==
  LET refused == Gate(h, a, "current", "own")
  IN IF refused # "" THEN Refuse(refused)
     ELSE IF answer.code = "" /\ Present(answer.house, a) THEN Commit(Seen(answer.house, a))
     ELSE answer
==============================================================================
