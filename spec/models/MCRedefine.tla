------------------------------ MODULE MCRedefine ------------------------------
(***************************************************************************)
(* A scope is defined anew while content of it is known and while it is    *)
(* locked or synced: with other dependencies or the same, alone or with    *)
(* the whole graph.  What is known of its content stays.                   *)
(***************************************************************************)
EXTENDS Edges

Chain == [s \in Scope |-> IF s = "s2" THEN {"s1"} ELSE {}]

Init ==
  /\ house = House(Agent, Scope, Chain)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

-------------------------------------------------------------------------------
\* What a definition would do that does not keep what is known of the content.
Forgetting(answer, S) ==
  IF Bug = "redefinedLosesContext" /\ answer.code = ""
  THEN Commit([answer.house EXCEPT !.contexts = [s \in Scope |-> @[s] /\ s \notin S]])
  ELSE answer

Redefine(s, D) ==
  /\ InTime
  /\ ToOperator(Call("DefineScope", <<s, SetText(D)>>), Forgetting(AnswerDefineScope(house, s, D), {s}))

Next ==
  \/ \E a \in Agent, s \in Scope :
       \/ \E base \in {"seen", "other"} : ContextModify(a, s, "none", base)
       \/ ReleaseLock(a, s, "none")
       \/ StartSync(a, s) \/ CompleteSync(a, s, "current")
  \/ \E D \in SUBSET {"s1"} : Redefine("s2", D)
  \/ \E D \in SUBSET {"s1"} : DefineScopes(Scope, [s \in Scope |-> IF s = "s2" THEN D ELSE {}])
  \/ DefineScopes({"s1"}, NoDeps)

\* What is known of the content of a scope is known for as long as there is the scope.
ContentStays == [][\A s \in house.scopes \cap house'.scopes : house.contexts[s] => house'.contexts[s]]_vars

Spec == Init /\ [][Next]_vars
===============================================================================
