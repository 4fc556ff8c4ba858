----------------------------- MODULE MCViolations -----------------------------
(* Violations of scopes and files, while agents join, leave, are lost, hold and wait. *)
EXTENDS Edges, Violations

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"
  /\ found = [w \in Subject |-> None]

Rest ==
  \/ \E a \in Agent :
       \/ AgentJoin(a) \/ AgentLeave(a)
       \/ \E w \in Subject : AcquireLock(a, {w}, "wait") \/ ReleaseLock(a, w, "none")
  \/ ExpireDue \/ Tick

Next ==
  \/ WithViolations(Rest)
  \/ \E w \in Subject : ReportViolation(w) \/ \E end \in Ends : SettleViolation(w, end)

Spec == Init /\ [][Next]_varsWithViolations

-------------------------------------------------------------------------------
(* How the graph is written: as `Edges' does, with the violations that are open at the end. *)

SubjectsInOrder == SelectSeq(<<"s1", "s1/f1">>, LAMBDA w : w \in Subject)
FoundText(w, by) == w \o "#" \o ByText(by)
ViolationsText(open) ==
  LET some == SelectSeq(SubjectsInOrder, LAMBDA w : open[w] # None)
  IN Joined([i \in 1..Len(some) |-> FoundText(some[i], open[some[i]])], ";")
WithViolationsText(h, c, open) ==
  LET own == HouseText(h, c)
      rest == IF RestText(h) = "" \/ ViolationsText(open) = "" THEN "" ELSE ";"
  IN own \o rest \o ViolationsText(open)

PrintEdgeWithViolations ==
  PrintT("EDGE " \o step' \o " " \o WithViolationsText(house, clients, found) \o " " \o WithViolationsText(house', clients', found'))
===============================================================================
