-------------------------------- MODULE Names --------------------------------
(***************************************************************************)
(* Names and how they are written.  Agents, scopes, files and resources    *)
(* are texts, so that the label of a step can be put together from them.   *)
(* Sets are written in one fixed order, as `ABSTRACTION.md' says.          *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

Order ==
  <<"@q1", "@q1#1", "@q1#2", "@q2", "@q2#1", "@q2#2", "@q9", "a1", "a2", "a3",
    "s1", "s1/f1", "s1/f2", "s1/n", "s1/n/f1", "s2", "s2/f1", "s3">>

\* The folders that a file is in, the nearest first, as far as they can be scopes.
FoldersOf(f) ==
  CASE f \in {"s1/f1", "s1/f2"} -> <<"s1">>
    [] f = "s1/n/f1" -> <<"s1/n", "s1">>
    [] f = "s2/f1" -> <<"s2">>

SlotName(r, n) == r \o "#" \o ToString(n)

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
