-------------------------------- MODULE Trace ---------------------------------
(***************************************************************************)
(* Whether a recorded log is a behaviour of `Coordination'.                *)
(*                                                                         *)
(* `TraceLog' is made from a log: a sequence of records, one for each      *)
(* entry, with the command, the time since the entry before, and what the  *)
(* entry leaves changed.  Each is consumed in three steps:                 *)
(*                                                                         *)
(*   elapse    the time since the last entry passes on every clock         *)
(*   act       the machine does what was asked: an action of Coordination  *)
(*   compare   it was not refused, and the house is the recorded one       *)
(*                                                                         *)
(* Where a step is impossible TLC reports a deadlock, and `line' says at   *)
(* which entry.  A log is accepted only if there is none and TLC has said  *)
(* CONSUMED with the number of its lines.                                  *)
(*                                                                         *)
(* Time.  One unit is one millisecond.  Between two entries the clocks are *)
(* lowered by as much as has passed, and never below 0: the service ends   *)
(* what is due when it comes to it, which may be late.  Nothing else is    *)
(* done before that, as every action but `ExpireDue' requires `InTime'.    *)
(* What passes before a take-over passes on a clock that nobody can read   *)
(* any more, and every clock but that of a back-off then starts anew.      *)
(*                                                                         *)
(* Lengths.  In a model every lease and every wait has one length.  Here   *)
(* the caller's choice comes with the entry; what follows from it, the     *)
(* deadline of a contended lease above all, is the machine's to say.  For  *)
(* this, and for the time that passes, the configuration replaces some     *)
(* definitions:                                                            *)
(*                                                                         *)
(*   Lower       by LowerByPassed     GrantLocks  by GrantLocksFor         *)
(*   Order       by OrderOfTrace      RenewLocks  by RenewLocksFor         *)
(*   Settled     by SettledFor        Rearmed     by RearmedFor            *)
(*   Say         by SayAndNote                                             *)
(*                                                                         *)
(* Names.  In a model a file's name says which scopes can be around it,    *)
(* which of a scope's files is its context, and every resource has as many *)
(* slots.  Here the log says so:                                           *)
(*                                                                         *)
(*   FoldersOf   by FoldersOfTrace    Slots       by SlotsOfTrace          *)
(*   Covering    by CoveringFor                                            *)
(*                                                                         *)
(* Labels of all sets of names, which only properties of steps need, are   *)
(* too many to be made: `AskLabels' and `Changed' are left out.            *)
(*                                                                         *)
(* The processes behind the names are not in a log: who speaks is up, and  *)
(* that one was seen to have ended is what the owner says.                 *)
(***************************************************************************)
EXTENDS Safety, TraceLog

VARIABLES
  line,       \* the entry that is being consumed
  phase,      \* what is next for it
  refusal,    \* why the machine refuses the entry's command; "" when it does not
  recorded    \* the house that the entry leaves, by the log

traceVars == <<vars, line, phase, refusal, recorded>>

Now == Log[line]
Has(name) == name \in DOMAIN Now

Over(f, changed) == [x \in DOMAIN f |-> IF x \in DOMAIN changed THEN changed[x] ELSE f[x]]

\* A house with what an entry leaves changed; what it does not name is as it was.
Patched(h, patch) ==
  LET of(name, old) == IF name \in DOMAIN patch THEN Over(old, patch[name]) ELSE old
      whole(name, old) == IF name \in DOMAIN patch THEN patch[name] ELSE old
  IN [h EXCEPT !.agents = of("agents", @), !.locks = of("locks", @), !.deps = of("deps", @),
               !.syncs = of("syncs", @), !.contexts = of("contexts", @),
               !.queue = whole("queue", @), !.scopes = whole("scopes", @),
               !.withdrawn = whole("withdrawn", @), !.places = whole("places", @)]

-------------------------------------------------------------------------------
(* What replaces definitions of the specification *)

LowerByPassed(clock) == IF clock = Off THEN Off ELSE Max(0, clock - Now.passed)

NoLabels == {}
FoldersOfTrace(f) == FoldersInLog[f]
SlotsOfTrace(r) == {SlotName(r, n) : n \in 1..CapacityInLog[r]}

\* The whole scope, and the file that is written if it is one of the scope's own.
CoveringFor(s) == {s} \cup {f \in File : Has("file") /\ f = Now.file /\ ScopeOf(house, f) = s}

\* The length of a lease that is granted, renewed or re-armed by this entry.
LeaseOf(t) == IF Has("leases") /\ t \in DOMAIN Now.leases THEN Now.leases[t] ELSE LockTtl
WaitOf(a) == IF Has("waits") /\ a \in DOMAIN Now.waits THEN Now.waits[a] ELSE Off

GrantLocksFor(h, a, W) ==
  LET lock(t) == [NoLock EXCEPT !.holder = a, !.left = LeaseOf(t)]
      granted == Granted(h, W)
  IN SetStatus([h EXCEPT !.locks = [t \in Target |-> IF t \in granted THEN lock(t) ELSE @[t]]], a, "working")

\* As `RenewedLeft'; a renewal for less than what is left takes nothing back.
RenewedLeftFor(t, lock) ==
  LET hold == IF lock.byScope = Off THEN lock.byPlace
              ELSE IF lock.byPlace = Off THEN lock.byScope
              ELSE Min(lock.byScope, lock.byPlace)
  IN Max(lock.left, IF hold = Off THEN LeaseOf(t) ELSE Min(LeaseOf(t), hold))

RenewLocksFor(h, S) ==
  [h EXCEPT !.locks = [t \in Target |->
     IF t \in S THEN [@[t] EXCEPT !.left = RenewedLeftFor(t, h.locks[t])] ELSE @[t]]]

\* The ticket of who did not wait before gets the wait that was asked for.
SettledFor(h) ==
  LET timed(ticket) == IF Waits(house, ticket.agent) THEN ticket ELSE [ticket EXCEPT !.left = WaitOf(ticket.agent)]
  IN WithoutAbandoned(RunHolds(ServeFrom([h EXCEPT !.queue = [i \in 1..Len(@) |-> timed(@[i])]], 1)))

\* A lease that had more left than its length keeps that, by the clock that promised it: what passed since is on another.
RearmedFor(h) ==
  LET lease(t) == Max(LeaseOf(t), h.locks[t].left)
      waiting(ticket) == [ticket EXCEPT !.left = WaitOf(ticket.agent)]
  IN [h EXCEPT !.agents = [a \in Agent |-> RearmedAgent(@[a])],
               !.locks = [t \in Target |-> IF Free(h, t) THEN @[t] ELSE [RearmedLock(@[t]) EXCEPT !.left = lease(t)]],
               !.queue = [i \in 1..Len(@) |-> waiting(@[i])]]

\* A log has no refused commands; but why one is refused should be told.
SayAndNote(label, answer) ==
  /\ step' = label /\ refusal' = answer.code
  /\ house' = IF answer.code = "" THEN answer.house ELSE house

-------------------------------------------------------------------------------
(* Why a log is not accepted: told before the deadlock that is its refusal. *)

Parts(what, ours, theirs) ==
  {what \o " " \o x \o ": the machine has " \o ToString(ours[x]) \o ", the log " \o ToString(theirs[x]) :
     x \in {y \in DOMAIN ours : ours[y] # theirs[y]}}
Whole(what, ours, theirs) ==
  IF ours = theirs THEN {} ELSE {what \o ": the machine has " \o ToString(ours) \o ", the log " \o ToString(theirs)}

Differences ==
  Parts("agent", house.agents, recorded.agents) \cup Parts("lock", house.locks, recorded.locks)
    \cup Parts("sync", house.syncs, recorded.syncs) \cup Parts("dependencies", house.deps, recorded.deps)
    \cup Parts("context", house.contexts, recorded.contexts) \cup Whole("queue", house.queue, recorded.queue)
    \cup Whole("scopes", house.scopes, recorded.scopes)
    \cup Whole("withdrawn", house.withdrawn, recorded.withdrawn) \cup Whole("places", house.places, recorded.places)

Tell(why) == PrintT("REJECTED " \o ToString(line) \o " " \o step \o ": " \o ToString(why))

-------------------------------------------------------------------------------
(* The steps *)

Init ==
  /\ house = Patched(House({}, {}, NoDeps), Base)
  /\ clients = [a \in Agent |-> IF Present(house, a) THEN "up" ELSE "down"]
  /\ step = "Init" /\ line = 1 /\ phase = "elapse" /\ refusal = ""
  /\ recorded = house

IsRearmed == Now.kind = "TakeOver" /\ Now.cause # "first"
BackoffsLater(h) == [h EXCEPT !.syncs = [s \in Scope |-> [@[s] EXCEPT !.pause = Lower(@)]]]

Elapse ==
  /\ phase = "elapse" /\ line <= Len(Log)
  /\ house' = IF IsRearmed THEN BackoffsLater(house) ELSE OneUnitLater(house)
  /\ step' = "Elapse" /\ phase' = "act" /\ UNCHANGED <<clients, line, refusal, recorded>>

\* Several locks at once, which no model needs.
ReleaseLocks(a, W) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("ReleaseLock", <<a, SetText(W)>>), AnswerReleaseLock(house, a, W, "none"))

\* Also a slot that is not the first, which no model needs.
RevokeTarget(t) ==
  IF t \in Scope \cup File THEN RevokeLock(t)
  ELSE /\ InTime
       /\ ToOperator(Call("RevokeLock", <<t>>),
                     IF Free(house, t) THEN Refuse("LOCK_NOT_HELD") ELSE Commit(Settled(EndLocks(house, {t}))))

\* Whose process it was, the owner has seen; here it is not known what became of it.
OwnerSeesDead(a) ==
  /\ InTime
  /\ LET refused == Gate(house, a, "current", "own")
     IN ToOperator(Call("SeeDead", <<a>>), IF refused # "" THEN Refuse(refused) ELSE AnswerSeeDead(house, a))

\* Only what the specification does not know of has changed: names, kinds and descriptions, and settings that it has not.
Describe == InTime /\ step' = "Describe" /\ UNCHANGED <<house, clients, refusal>>

OfAgent ==
  \/ Now.kind = "AgentJoin" /\ AgentJoin(Now.agent)
  \/ Now.kind = "AgentResume" /\ AgentResume(Now.agent)
  \/ Now.kind = "AgentLeave" /\ AgentLeave(Now.agent)
  \/ Now.kind = "Heartbeat" /\ Heartbeat(Now.agent)
  \/ Now.kind = "SetAgentStatus" /\ SetAgentStatus(Now.agent, Now.status, Now.words)
  \/ Now.kind = "AcquireLock" /\ AcquireLock(Now.agent, Now.targets, Now.wait)
  \/ Now.kind = "ReleaseLock" /\ ReleaseLocks(Now.agent, Now.targets)
  \/ Now.kind = "RenewLock" /\ \E w \in Now.targets : RenewLock(Now.agent, w, "none")
  \/ Now.kind = "CancelWait" /\ CancelWait(Now.agent)
  \/ Now.kind = "ContextModify" /\ ContextModify(Now.agent, Now.scope, "none", "seen")
  \/ Now.kind = "StartSync" /\ StartSync(Now.agent, Now.scope)
  \/ Now.kind = "CompleteSync" /\ CompleteSync(Now.agent, Now.scope, "current")
  \/ Now.kind = "FailSync" /\ FailSync(Now.agent, Now.scope, "current")

OfOperator ==
  \/ Now.kind = "RevokeLock" /\ \E t \in Now.targets : RevokeTarget(t)
  \/ Now.kind = "SeeDead" /\ OwnerSeesDead(Now.agent)
  \/ Now.kind = "DefineScopes" /\ Now.scopes = {} /\ DefineNoScopes
  \/ Now.kind = "DefineScopes" /\ Now.scopes # {} /\ DefineScopes(Now.scopes, Over(house.deps, Now.graph))
  \/ Now.kind = "DefineScope" /\ DefineScope(Now.scope, Now.graph[Now.scope])
  \/ Now.kind = "RemoveScope" /\ RemoveScope(Now.scope)
  \/ Now.kind = "GitOperation" /\ GitOperation(Now.scopes)
  \/ Now.kind = "RetrySync" /\ RetrySync(Now.scope)
  \/ Now.kind = "ResetSync" /\ ResetSync(Now.scope)
  \/ Now.kind = "AbortSync" /\ AbortSync(Now.scope)
  \/ Now.kind = "InvalidateSync" /\ InvalidateSync(Now.scope)
  \/ Now.kind = "ExpireDue" /\ ExpireDue
  \/ Now.kind = "TakeOver" /\ TakeOver(Now.cause)
  \/ Now.kind = "Configure" /\ Configure(Now.places)
  \/ Now.kind = "Describe" /\ Describe

Act ==
  /\ phase = "act"
  /\ IF IsDue(house) /\ Now.kind \notin {"ExpireDue", "TakeOver"}
     THEN Tell("something is due, and was not ended first") /\ FALSE
     ELSE OfAgent \/ OfOperator
  /\ recorded' = Patched(house, Now.after)
  /\ phase' = "compare" /\ UNCHANGED line

Compare ==
  /\ phase = "compare"
  /\ IF refusal # "" THEN Tell(refusal) /\ FALSE
     ELSE IF house # recorded THEN Tell(Differences) /\ FALSE
     ELSE IF line = Len(Log) THEN PrintT("CONSUMED " \o ToString(line))
     ELSE TRUE
  /\ line' = line + 1 /\ phase' = "elapse" /\ UNCHANGED <<vars, refusal, recorded>>

Finished == line > Len(Log) /\ UNCHANGED traceVars

Next == Elapse \/ Act \/ Compare \/ Finished
Spec == Init /\ [][Next]_traceVars

===============================================================================
