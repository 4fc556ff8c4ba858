------------------------------ MODULE Violations ------------------------------
(***************************************************************************)
(* Violations: what the owner of the log, or an operator, has found to     *)
(* break a rule in a scope or in a file, until it is over.  They are       *)
(* beside the machine: they change no lock, no wait and no status, and     *)
(* nothing that the machine does looks at them.  So they have a variable   *)
(* of their own.                                                           *)
(*                                                                         *)
(*   found  for each scope and each file: that no violation of it is open, *)
(*          or who held it when the one that is was found (Nobody: nobody  *)
(*          did)                                                           *)
(*                                                                         *)
(* A model has one rule, so a violation is known by what it is about.      *)
(***************************************************************************)
EXTENDS Coordination

VARIABLE found
ViewWithViolations == <<house, clients, found>>
varsWithViolations == <<house, clients, step, found>>

Subject == Scope \cup File
Ends == {"repaired", "mended", "gone"}

None == "none"

\* Who may write what is named: who holds it, or the whole scope that it is in.
WriterOf(h, w) ==
  LET covering == {w} \cup (IF w \in File THEN {ScopeOf(h, w)} \cap Scope ELSE {})
      holders == {h.locks[t].holder : t \in covering} \ {Nobody}
  IN IF holders = {} \/ Bug = "holderForgotten" THEN Nobody ELSE CHOOSE a \in holders : TRUE

\* What else happens changes no violation.
WithViolations(happening) ==
  /\ happening
  /\ found' = IF Bug = "leavingSettles" /\ house'.agents # house.agents
              THEN [w \in Subject |-> IF found[w] \in Agent /\ ~Present(house', found[w]) THEN None ELSE found[w]]
              ELSE found

-------------------------------------------------------------------------------
(* The commands *)

AnswerReport(h, w) ==
  IF found[w] # None /\ Bug # "foundAnew" THEN NothingToDo
  ELSE Commit(IF Bug = "foundTakesLock" /\ WriterOf(h, w) # Nobody THEN Settled(EndLocks(h, Held(h, WriterOf(h, w)))) ELSE h)

ReportViolation(w) ==
  LET label == Call("ReportViolation", <<w>>)
  IN /\ InTime
     /\ ToOperator(label, AnswerReport(house, w))
     /\ found' = IF step' = label THEN [found EXCEPT ![w] = WriterOf(house, w)] ELSE found

AnswerSettle(h, w) ==
  IF found[w] = None /\ Bug # "settledUnknown" THEN Refuse("VIOLATION_NOT_FOUND") ELSE Commit(h)

SettleViolation(w, end) ==
  LET label == Call("SettleViolation", <<w, end>>)
  IN /\ InTime
     /\ ToOperator(label, AnswerSettle(house, w))
     /\ found' = IF step' = label /\ Bug # "settledStays" THEN [found EXCEPT ![w] = None] ELSE found

-------------------------------------------------------------------------------
(* Of steps *)

Reports(w) == {Call("ReportViolation", <<w>>)}
Settlements(w) == {Call("SettleViolation", <<w, end>>) : end \in Ends}
ViolationSteps == UNION {Reports(w) \cup Settlements(w) : w \in Subject}

\* A violation changes nothing for the machine.
ViolationsChangeNothing ==
  [][step' \in ViolationSteps => house' = house]_varsWithViolations

\* One begins when it is found, and not before it is over again; it keeps who held then: seen here without `WriterOf', which a
\* mutant blinds.
BeginsWhenFound ==
  [][\A w \in Subject :
       step' \in Reports(w) =>
         /\ found[w] = None
         /\ \/ found'[w] = house.locks[w].holder
            \/ house.locks[w].holder = Nobody /\ w \in File /\ found'[w] = house.locks[ScopeOf(house, w)].holder]_varsWithViolations

\* One that is open stays as it was until somebody says that it is over; and only what is open is said to be over.
EndsWhenSettled ==
  [][\A w \in Subject :
       /\ found[w] # None /\ found'[w] # found[w] => step' \in Settlements(w) /\ found'[w] = None
       /\ step' \in Settlements(w) => found[w] # None /\ found'[w] = None]_varsWithViolations
===============================================================================
