-------------------------------- MODULE MCLive --------------------------------
(***************************************************************************)
(* What must happen.  Only two things are assumed to be fair: that time    *)
(* passes, and that the service ends what is due.  Nothing is assumed of   *)
(* agents: they may renew for ever, say nothing for ever, crash, or be cut *)
(* off.  Waiting has no deadline here; what is stated is stronger: who     *)
(* waits is served.                                                        *)
(*                                                                         *)
(* That somebody syncs and retries is no promise of the coordinator: those *)
(* properties have assumptions of their own, named where they are used.    *)
(*                                                                         *)
(* Weak fairness is spelt out, `[]<>~enabled \/ []<>taken', with an action *)
(* told by what it changes: TLC's own ENABLED would take an answer apart   *)
(* again for each of its parts.                                            *)
(***************************************************************************)
EXTENDS Coordination

Chain == [s \in Scope |-> IF s = "s2" THEN {"s1"} ELSE {}]

Init(deps) ==
  /\ house = House(Agent, Scope, deps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

-------------------------------------------------------------------------------
(* Locks *)

Presences == \E a \in Agent : AgentJoin(a) \/ Crash(a) \/ Partition(a) \/ Heal(a)

NextLocks ==
  \/ \E a \in Agent, s \in Scope :
       AcquireLock(a, {s}, "wait") \/ ReleaseLock(a, s, "none") \/ RenewLock(a, s, "none")
  \/ \E a \in Agent : Heartbeat(a) \/ SetAgentStatus(a, "blocked", "said") \/ SetAgentStatus(a, "working", "none")
  \/ Presences
  \/ ExpireDue \/ Tick

\* Tickets for several scopes, and agents that hold more than one.
NextMulti ==
  \/ \E a \in Agent :
       \/ \E S \in SUBSET Scope \ {{}} : AcquireLock(a, S, "wait")
       \/ \E s \in Scope : ReleaseLock(a, s, "none")
  \/ ExpireDue \/ Tick

\* Whole scopes, files of them and slots, one at a time.
NextTargets ==
  \/ \E a \in Agent, w \in Wish : AcquireLock(a, {w}, "wait") \/ ReleaseLock(a, w, "none") \/ RenewLock(a, w, "none")
  \/ ExpireDue \/ Tick

CanTick == InTime /\ OneUnitLater(house) # house
TimePasses == []<>~CanTick \/ []<><<house' = OneUnitLater(house)>>_View
\* While something is due nothing else can be done.
DueIsEnded == []<>~IsDue(house) \/ []<><<IsDue(house)>>_View

Locks == Init(NoDeps) /\ [][NextLocks]_vars
LocksFair == Locks /\ TimePasses /\ DueIsEnded
MultiFair == Init(NoDeps) /\ [][NextMulti]_vars /\ TimePasses /\ DueIsEnded
TargetsFair == Init(NoDeps) /\ [][NextTargets]_vars /\ TimePasses /\ DueIsEnded
LocksWithoutTime == Locks /\ DueIsEnded
LocksWithoutExpiry == Locks /\ TimePasses
\* Trusting the agents to release what they hold, instead of the clock.
Holding(a, s) == house.locks[s].holder = a
ReleasesAreMade ==
  \A a \in Agent, s \in Scope :
    []<>~(Heard(a) /\ Holding(a, s)) \/ []<><<Holding(a, s) /\ house'.locks[s].holder # a>>_View
LocksTrusting == Locks /\ ReleasesAreMade

\* No ticket waits for ever.
WaiterServed == \A a \in Agent : Waits(house, a) ~> ~Waits(house, a)
\* Nobody stays blocked for ever, by waiting or by its own word.
AgentProgress == \A a \in Agent : house.agents[a].status = "blocked" ~> house.agents[a].status # "blocked"
\* What others wait for does not stay with one holder.
LockFreed ==
  \A a \in Agent, s \in Scope :
    (house.locks[s].holder = a /\ Wanted(house, s)) ~> (house.locks[s].holder # a \/ ~Wanted(house, s))
\* Who is gone loses what it held, unless it comes back in time.
CrashedLosesLock ==
  \A a \in Agent, s \in Scope :
    (house.locks[s].holder = a /\ clients[a] # "up") ~> (house.locks[s].holder # a \/ clients[a] = "up")
\* An assumption about the environment, no promise: expected to fail.
EventuallyRecoverFromPartitions == \A a \in Agent : clients[a] = "cut" ~> clients[a] # "cut"

-------------------------------------------------------------------------------
(* Syncs *)

Changes == \E s \in Scope : InvalidateSync(s) \/ ResetSync(s)
Runs == \E a \in Agent, s \in Scope : StartSync(a, s) \/ CompleteSync(a, s, "current") \/ FailSync(a, s, "current")
Retries == \E s \in Scope : RetrySync(s)

NextSyncs == Runs \/ Retries \/ Changes \/ Presences \/ ExpireDue \/ Tick
NextSyncsCalm == Runs \/ Retries \/ Changes \/ ExpireDue \/ Tick

\* That the service retries what may be retried, and that somebody starts and ends runs.
Status(s) == house.syncs[s].status
CanRetry(s) == InTime /\ Status(s) = "failed" /\ house.syncs[s].failures <= MaxRetries /\ house.syncs[s].pause <= 0
CanStart(s) == InTime /\ Status(s) = "idle" /\ \A d \in house.deps[s] : Status(d) = "completed"
CanEnd(s) == InTime /\ Status(s) = "syncing"
\* A retry is possible between the moments at which something is due, again and again but not all the time: so the service
\* must make it if it is possible again and again, which is strong fairness.
RetriesAreMade ==
  \A s \in Scope : <>[]~CanRetry(s) \/ []<><<Status(s) = "failed" /\ house'.syncs[s].status = "idle">>_View
RetriesAreMadeWeakly ==
  \A s \in Scope : []<>~CanRetry(s) \/ []<><<Status(s) = "failed" /\ house'.syncs[s].status = "idle">>_View
RunsAreMade ==
  \A s \in Scope :
    /\ []<>~CanStart(s) \/ []<><<Status(s) = "idle" /\ house'.syncs[s].status = "syncing">>_View
    /\ []<>~CanEnd(s) \/ []<><<Status(s) = "syncing" /\ house'.syncs[s].status \in {"completed", "failed"}>>_View

Syncs == Init(Chain) /\ [][NextSyncs]_vars /\ TimePasses /\ DueIsEnded
SyncsWithoutTime == Init(Chain) /\ [][NextSyncs]_vars /\ DueIsEnded
SyncsRetried == Syncs /\ RetriesAreMade
SyncsRetriedWeakly == Syncs /\ RetriesAreMadeWeakly
SyncsRun == Init(Chain) /\ [][NextSyncsCalm]_vars /\ TimePasses /\ DueIsEnded /\ RetriesAreMade /\ RunsAreMade
SyncsStarted == Init(Chain) /\ [][NextSyncsCalm]_vars /\ TimePasses /\ DueIsEnded /\ RetriesAreMade

IsSyncing(a, s) == house.syncs[s].by = a
Exhausted(s) == house.syncs[s].status = "failed" /\ house.syncs[s].failures > MaxRetries
Below(s) == {x \in Scope : s \in Above({x}, house.deps)}

\* The run of an agent that is gone ends.
SyncCompletion ==
  \A a \in Agent, s \in Scope :
    (IsSyncing(a, s) /\ clients[a] # "up") ~> (~IsSyncing(a, s) \/ clients[a] = "up")
\* A failure with budget left is retried.
EventuallyRetryFailedOperations ==
  \A s \in Scope :
    (house.syncs[s].status = "failed" /\ ~Exhausted(s)) ~> ~(house.syncs[s].status = "failed" /\ ~Exhausted(s))
\* Something has changed below a scope, or an operator gives it a new budget: it starts anew.
Change == \E s \in Scope : house.syncs[s] # NoSync /\ house'.syncs[s] = NoSync
\* Once nothing changes any more each scope is completed, or it stands on one whose budget is used up.
EventuallyAllScopesSync ==
  <>[][~Change]_View =>
    \A s \in Scope : <>[](house.syncs[s].status = "completed" \/ \E x \in Below(s) : Exhausted(x))
\* Without that last clause: expected to fail.
AllScopesSync == <>[][~Change]_View => \A s \in Scope : <>[](house.syncs[s].status = "completed")
===============================================================================
