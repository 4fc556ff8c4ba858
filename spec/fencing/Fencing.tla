------------------------------- MODULE Fencing --------------------------------
(***************************************************************************)
(* Why tokens.  A small machine of its own, in which the numbers that the  *)
(* other modules leave out are spelt out: every grant takes the next       *)
(* revision as its token, every process acts on what it believes, and a    *)
(* write is made from the version that its writer has read.                *)
(*                                                                         *)
(* A process does not learn that its lease has ended: it may have slept,   *)
(* or be cut off.  It still believes, and still writes, with the token     *)
(* that it was given.  In between the scope may be missing from the graph  *)
(* and come back: while it is held it is withdrawn only, and its lock goes *)
(* on; once nobody holds it, it is gone.                                   *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
  Agent,
  RevisionMax,   \* bound of the model: no grant or write after this revision
  Bug

VARIABLES
  revision,   \* of the last committed command
  named,      \* whether the graph names the scope
  lock,       \* [holder, token], or Free
  version,    \* revision of the last accepted write
  belief,     \* per agent: [token, read] it was last told, or Nothing
  heard,      \* agents that are not cut off
  blind       \* ghost: some accepted write was not made from the version that it replaced
vars == <<revision, named, lock, version, belief, heard, blind>>

Free == [holder |-> "-", token |-> 0]
Nothing == [token |-> 0, read |-> 0]
More == revision < RevisionMax
Exists == named \/ lock # Free   \* not named, but held: withdrawn

Init ==
  /\ revision = 0 /\ named = TRUE /\ lock = Free /\ version = 0
  /\ belief = [a \in Agent |-> Nothing] /\ heard = Agent /\ blind = FALSE

\* The grant is told, with the content as it is then.
AcquireLock(a) ==
  /\ More /\ a \in heard /\ named /\ lock = Free
  /\ revision' = revision + 1
  /\ lock' = [holder |-> a, token |-> IF Bug = "reusedTokens" THEN 1 ELSE revision + 1]
  /\ belief' = [belief EXCEPT ![a] = [token |-> lock'.token, read |-> version]]
  /\ UNCHANGED <<named, version, heard, blind>>

\* A process that believes it holds the lock writes, with its token, from what it has read.
ContextModify(a) ==
  /\ More /\ a \in heard /\ Exists /\ belief[a] # Nothing
  /\ Bug # "noFencing" => lock.token = belief[a].token
  /\ revision' = revision + 1 /\ version' = revision + 1
  /\ blind' = (blind \/ belief[a].read # version)
  /\ belief' = [belief EXCEPT ![a].read = revision + 1]
  /\ UNCHANGED <<named, lock, heard>>

\* Its own release it knows of.
ReleaseLock(a) ==
  /\ a \in heard /\ lock # Free /\ lock.token = belief[a].token /\ lock.holder = a
  /\ lock' = Free /\ belief' = [belief EXCEPT ![a] = Nothing]
  /\ UNCHANGED <<revision, named, version, heard, blind>>

\* Of these its holder is not told.
ExpireDue == lock # Free /\ lock' = Free /\ UNCHANGED <<revision, named, version, belief, heard, blind>>

\* Another graph: it ends nothing, so there is nothing to tell.
RemoveScope ==
  /\ named /\ named' = FALSE /\ lock' = IF Bug = "absenceEndsLock" THEN Free ELSE lock
  /\ UNCHANGED <<revision, version, belief, heard, blind>>
DefineScope == ~named /\ named' = TRUE /\ UNCHANGED <<revision, lock, version, belief, heard, blind>>

Crash(a) ==
  belief[a] # Nothing /\ belief' = [belief EXCEPT ![a] = Nothing]
  /\ UNCHANGED <<revision, named, lock, version, heard, blind>>
Partition(a) ==
  a \in heard /\ heard' = heard \ {a} /\ UNCHANGED <<revision, named, lock, version, belief, blind>>
Heal(a) ==
  a \notin heard /\ heard' = heard \cup {a} /\ UNCHANGED <<revision, named, lock, version, belief, blind>>

Next ==
  \/ \E a \in Agent : AcquireLock(a) \/ ContextModify(a) \/ ReleaseLock(a) \/ Crash(a) \/ Partition(a) \/ Heal(a)
  \/ ExpireDue \/ RemoveScope \/ DefineScope

Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------
TypeInvariant ==
  /\ revision \in 0..RevisionMax /\ version \in 0..RevisionMax /\ named \in BOOLEAN
  /\ lock \in [holder : Agent, token : 1..RevisionMax] \cup {Free}
  /\ belief \in [Agent -> [token : 0..RevisionMax, read : 0..RevisionMax]]
  /\ heard \subseteq Agent /\ blind \in BOOLEAN

\* Nobody believes in a token that was not given, and at most one believes in the current one.
FencingTokens ==
  /\ \A a \in Agent : belief[a].token <= revision
  /\ Cardinality({a \in Agent : lock # Free /\ belief[a].token = lock.token}) <= 1

\* Each grant's token is larger than every token that some process still believes in.
FencingMonotonic == [][lock'.token # lock.token /\ lock' # Free => \A a \in Agent : lock'.token > belief[a].token]_vars

\* A graph without the scope, or with it again, changes no lock.
AbsenceEndsNothing == [][named' # named => lock' = lock]_vars

\* No accepted write was made from anything but the version that it replaced.
ContextFileIntegrity == ~blind

\* Reachable, and so no invariant: somebody acts in good faith on a lock that is another's by now.
NobodyIsMistaken == \A a \in Agent : belief[a] # Nothing /\ lock # Free => lock.token = belief[a].token
===============================================================================
