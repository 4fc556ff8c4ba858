-------------------------------- MODULE Names --------------------------------
(***************************************************************************)
(* Names and how they are written.  Agents and scopes are texts, so that   *)
(* the label of a step can be put together from them.  Sets are written in *)
(* one fixed order, as `ABSTRACTION.md' says.                              *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

Order == <<"a1", "a2", "a3", "s1", "s2", "s3">>

InOrder(S) == SelectSeq(Order, LAMBDA name : name \in S)

RECURSIVE Joined(_, _)
Joined(texts, mark) ==
  IF texts = <<>> THEN ""
  ELSE IF Len(texts) = 1 THEN Head(texts)
  ELSE Head(texts) \o mark \o Joined(Tail(texts), mark)

SetText(S) == Joined(InOrder(S), "+")

Call(kind, arguments) == kind \o "(" \o Joined(arguments, ",") \o ")"

Range(q) == {q[i] : i \in 1..Len(q)}
Min(x, y) == IF x < y THEN x ELSE y
Max(x, y) == IF x > y THEN x ELSE y
==============================================================================
