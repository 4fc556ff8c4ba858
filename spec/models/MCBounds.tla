------------------------------- MODULE MCBounds -------------------------------
(***************************************************************************)
(* What is beyond the bounds: a lease longer than allowed, and settings    *)
(* that make no sense.  Nothing comes of either; what matters is which     *)
(* reason is given first.                                                  *)
(***************************************************************************)
EXTENDS Edges

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

-------------------------------------------------------------------------------
\* Why an agent may not ask at all comes first, and that it waits already; that a scope is busy does not.
AnswerAcquireTooLong(h, a, s) ==
  LET answer == AnswerAcquireLock(h, a, {s}, "wait")
      first == {"SCOPE_NOT_FOUND", "ALREADY_WAITING", "AGENT_BLOCKED", "AGENT_HOLDS_LOCK", "LOCK_LIMIT_REACHED"}
  IN IF Waits(h, a) \/ answer.code \in first \/ Bug = "anyLease" THEN answer ELSE Refuse("TTL_TOO_LONG")

AcquireTooLong(a, s) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("AcquireLock", <<a, s, "wait", "tooLong">>), AnswerAcquireTooLong(house, a, s))

\* It does not matter whose lock it is, or whether there is one.
AnswerRenewTooLong(h, s) == IF s \notin h.scopes THEN Refuse("SCOPE_NOT_FOUND") ELSE Refuse("TTL_TOO_LONG")

RenewTooLong(a, s) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("RenewLock", <<a, s, "tooLong">>), AnswerRenewTooLong(house, s))

\* A house without a place.
ConfigureNonsense ==
  /\ InTime
  /\ ToOperator(Call("Configure", <<"0">>),
                IF Bug = "anySettings" THEN AnswerConfigure(house, 0) ELSE Refuse("SETTINGS_INVALID"))

\* A label without a reason is that of a command from which something came.
BeyondRefused ==
  [][/\ step' # Call("Configure", <<"0">>)
     /\ \A a \in Agent, s \in Scope :
          /\ step' # Call("AcquireLock", <<a, s, "wait", "tooLong">>)
          /\ step' # Call("RenewLock", <<a, s, "tooLong">>)]_vars

-------------------------------------------------------------------------------
Next ==
  \/ \E a \in Agent :
       \/ \E s \in Scope :
            \/ AcquireLock(a, {s}, "wait") \/ AcquireTooLong(a, s)
            \/ RenewLock(a, s, "none") \/ RenewTooLong(a, s)
            \/ ReleaseLock(a, s, "none")
       \/ SetAgentStatus(a, "blocked", "said") \/ SetAgentStatus(a, "working", "none")
  \/ RemoveScope("s2") \/ DefineScope("s2", {})
  \/ ConfigureNonsense
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
