------------------------------- MODULE MCTokens -------------------------------
(***************************************************************************)
(* Every number that may be taken for a fencing token, or for the number   *)
(* of a run: the current one, the one before it, the one after it, and     *)
(* that of the ticket that the lock was waited for with.  Anybody may      *)
(* present any of them.  And every content that a writer may name as what  *)
(* it has seen: the present one, another, and that there was no file.      *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

Wrong == {"earlier", "later", "ticket"}
\* As the answers tell them apart.
SeenToken(token) == IF token \notin Wrong THEN token ELSE IF Bug = "wrongTokenPasses" THEN "none" ELSE "stale"
SeenRun(run) == IF run \in Wrong THEN "stale" ELSE run
SeenBase(base) == IF base # "none" THEN base ELSE IF Bug = "unreadPasses" THEN "seen" ELSE "other"

\* There is a current token while there is a lock.
CanSay(s, token) == token = "current" => ~Free(house, s)

Release(a, s, token) ==
  /\ Heard(a) /\ CanSay(s, token)
  /\ ToAgent(a, Call("ReleaseLock", <<a, s, token>>), AnswerReleaseLock(house, a, {s}, SeenToken(token)))
Renew(a, s, token) ==
  /\ Heard(a) /\ CanSay(s, token)
  /\ ToAgent(a, Call("RenewLock", <<a, s, token>>), AnswerRenewLock(house, a, s, SeenToken(token)))
Write(a, s, token, base) ==
  /\ Heard(a) /\ CanSay(s, token)
  /\ ToAgent(a, Call("ContextModify", <<a, s, token, base>>),
             AnswerContextModify(house, a, s, SeenToken(token), SeenBase(base)))
EndRun(a, s, run) ==
  /\ Heard(a)
  /\ \/ ToAgent(a, Call("CompleteSync", <<a, s, run>>), AnswerCompleteSync(house, a, s, SeenRun(run)))
     \/ ToAgent(a, Call("FailSync", <<a, s, run>>), AnswerFailSync(house, a, s, SeenRun(run)))

Next ==
  \/ \E a \in Agent, s \in Scope :
       \/ AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none") \/ StartSync(a, s)
       \/ \E token \in Wrong \cup {"current"} : Release(a, s, token) \/ Renew(a, s, token)
       \/ \E token \in Wrong \cup {"current"}, base \in {"seen", "none"} : Write(a, s, token, base)
       \/ Write(a, s, "none", "seen") \/ Write(a, s, "none", "none") \/ Write(a, s, "none", "other")
       \/ \E run \in {"current", "earlier", "later"} : EndRun(a, s, run)
  \/ ExpireDue \/ Tick

-------------------------------------------------------------------------------
WrongNumbers ==
  {Call(kind, <<a, s, token>>) :
     kind \in {"ReleaseLock", "RenewLock", "CompleteSync", "FailSync"}, a \in Agent, s \in Scope, token \in Wrong}
    \cup {Call("ContextModify", <<a, s, token, base>>) :
            a \in Agent, s \in Scope, token \in Wrong, base \in {"seen", "none", "other"}}

\* No act with a number that is not the current one is ever committed, whichever it is.
OnlyCurrentNumbers == [][step' \notin WrongNumbers]_vars

\* Who has seen no file does not write over one that is known.
UnreadIsRefused ==
  [][\A s \in Scope : house.contexts[s] =>
       step' \notin {Call("ContextModify", <<a, s, token, "none">>) : a \in Agent, token \in {"none", "current"}}]_vars

Spec == Init /\ [][Next]_vars
===============================================================================
