------------------------------- MODULE MCSeveral ------------------------------
(***************************************************************************)
(* Agents with several locks, each asked for by itself, so that each has a *)
(* token of its own: a release of several names one token, and that is not *)
(* the token of the others; a heartbeat renews every lease, a renewal only *)
(* the one that it names.                                                  *)
(***************************************************************************)
EXTENDS Edges

Sets == SUBSET Scope \ {{}}
FirstOf(S) == Head(InOrder(S))

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

\* With the token of the first of them: a stale one for every other that is held.
AnswerReleaseUnderFirst(a, S) ==
  IF Bug # "firstSpeaksForAll" /\ \E s \in S \ {FirstOf(S)} : ~Free(house, s) THEN Refuse("STALE_FENCING_TOKEN")
  ELSE AnswerReleaseLock(house, a, S, "none")

\* Without a token, or with a stale one, or with that of the first.
ReleaseSet(a, S) ==
  /\ Heard(a)
  /\ \/ ToAgent(a, Call("ReleaseLock", <<a, SetText(S)>>), AnswerReleaseLock(house, a, S, "none"))
     \/ ToAgent(a, Call("ReleaseLock", <<a, SetText(S), "stale">>), AnswerReleaseLock(house, a, S, "stale"))
     \/ /\ ~Free(house, FirstOf(S))
        /\ ToAgent(a, Call("ReleaseLock", <<a, SetText(S), "first">>), AnswerReleaseUnderFirst(a, S))
ReleaseAllUnderFirst(a) ==
  /\ Heard(a) /\ Held(house, a) # {}
  /\ ToAgent(a, Call("ReleaseLock", <<a, "all", "first">>), AnswerReleaseUnderFirst(a, Held(house, a)))

Next ==
  \/ \E a \in Agent :
       \/ \E s \in Scope : AcquireLock(a, {s}, "wait") \/ RenewLock(a, s, "none")
       \* Never both at once: they would have one token.
       \/ Held(house, a) # {} /\ AcquireLock(a, Scope, "wait")
       \/ \E S \in Sets : ReleaseSet(a, S)
       \/ ReleaseAll(a) \/ ReleaseAllUnderFirst(a) \/ Heartbeat(a)
  \/ ExpireDue \/ Tick

-------------------------------------------------------------------------------
\* What a release under one token gives back was granted under that token.
ReleasedUnderFirst == {Call("ReleaseLock", <<a, SetText(S), "first">>) : a \in Agent, S \in Sets}
  \cup {Call("ReleaseLock", <<a, "all", "first">>) : a \in Agent}
OneTokenOneLock ==
  [][step' \in ReleasedUnderFirst =>
       Cardinality({s \in Scope : ~Free(house, s) /\ house.locks[s].holder # house'.locks[s].holder}) <= 1]_vars

Spec == Init /\ [][Next]_vars
===============================================================================
