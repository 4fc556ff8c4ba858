-------------------------------- MODULE Safety --------------------------------
(***************************************************************************)
(* What holds in every state, under the names that the checks of           *)
(* `src/core/safety' have (where the two see more or less of a thing,      *)
(* `MAPPING.md' says so), and what holds of every step.                    *)
(***************************************************************************)
EXTENDS Coordination

InRange(clock, ttl) == IF ttl = 0 THEN clock = Off ELSE clock \in 0..ttl
InRangeOrOff(clock, ttl) == clock = Off \/ InRange(clock, ttl)

TypeInvariant ==
  /\ house.agents \in [Agent -> [presence : {"absent", "present", "lost"},
                                 status : {"idle", "working", "blocked", "completed"},
                                 session : Int, block : Int]]
  /\ house.locks \in [Target -> [holder : Agent \cup {Nobody}, left : Int, byScope : Int, byPlace : Int]]
  /\ \A i \in 1..Len(house.queue) : house.queue[i] \in [agent : Agent, targets : SUBSET Wish \ {{}}, left : Int]
  /\ house.scopes \subseteq Scope /\ house.withdrawn \subseteq Scope /\ house.deps \in [Scope -> SUBSET Scope]
  /\ house.syncs \in [Scope -> [status : {"idle", "syncing", "completed", "failed"},
                                by : Agent \cup {Nobody}, failures : Nat, pause : Int]]
  /\ DOMAIN house.requests = RequestId
  /\ house.contexts \in [Scope -> BOOLEAN] /\ house.places \in Nat \ {0}
  /\ clients \in [Agent -> {"up", "cut", "down"}]

\* What is known of context files is of scopes that exist.
ContextConsistency == \A s \in Scope : house.contexts[s] => s \in house.scopes

DependencyIntegrity ==
  \A s \in Scope : house.deps[s] \subseteq house.scopes \ {s} /\ (house.deps[s] # {} => s \in house.scopes)

\* A scope that no graph names is held or waited for, and has no part in the graph.
WithdrawnIsInUse ==
  \A s \in house.withdrawn :
    s \in house.scopes /\ InUse(house, s) /\ house.deps[s] = {} /\ \A x \in Scope : s \notin house.deps[x]

CircularDependencyPrevention == ~IsCyclic(house.deps)
DependencyGraphProperties ==
  CircularDependencyPrevention =>
    \A s \in Scope : Cardinality(house.deps[s]) <= MaxDeps /\ Depth(s, house.deps) <= MaxDepth

AgentCoordination == Cardinality(Holders(house)) <= house.places
\* What overlaps, seen here without `Overlap', which a mutant blinds.
Together(h, w) ==
  {t \in Scope \cup File : t = w \/ ((t \in Scope \/ w \in Scope) /\ ScopeOf(h, t) = ScopeOf(h, w))}

OneLockPerAgent ==
  \A a \in Agent :
    /\ Cardinality(HeldIn(house, a)) <= MaxLocks
    /\ Cardinality(Held(house, a) \cap File) <= MaxFiles
    /\ Cardinality(Held(house, a) \ (Scope \cup File)) <= MaxResources
\* What is held is there, by somebody who is, and nothing that overlaps it has another holder.
LockConsistency ==
  \A t \in Target :
    LET holder == house.locks[t].holder
    IN holder # Nobody =>
         /\ Present(house, holder)
         /\ t \in Scope \cup File =>
              /\ ScopeOf(house, t) \in house.scopes
              /\ \A u \in Together(house, t) : house.locks[u].holder \in {holder, Nobody}

\* A lease runs while its lock is held, a contended hold while somebody waits.
LockTimeouts ==
  \A t \in Target :
    LET lock == house.locks[t]
        runs(clock, contended) == IF MaxHold # 0 /\ contended THEN clock \in 0..MaxHold ELSE clock = Off
    IN IF Free(house, t) THEN lock = NoLock
       ELSE /\ InRange(lock.left, LockTtl)
            /\ runs(lock.byScope, Wanted(house, t))
            /\ runs(lock.byPlace, PlaceWanted(house) /\ t \in Scope \cup File)

AgentStateConsistency ==
  \A a \in Agent :
    LET status == house.agents[a].status
        holds == Held(house, a) # {}
        waits == Waits(house, a)
    IN /\ status = "working" => holds /\ ~waits
       /\ status = "blocked" => holds \/ waits
       /\ status \in {"idle", "completed"} => ~holds /\ ~waits
       /\ ~Present(house, a) => status = "idle"

SyncStatusConsistency ==
  \A s \in Scope :
    LET sync == house.syncs[s]
    IN /\ s \notin house.scopes => sync = NoSync
       /\ IF sync.status = "syncing" THEN Present(house, sync.by) ELSE sync.by = Nobody
       /\ DependencyChecking /\ sync.status \in {"syncing", "completed"} =>
            \A d \in house.deps[s] : house.syncs[d].status = "completed"

BoundedRetries ==
  \A s \in Scope :
    house.syncs[s].failures <= IF house.syncs[s].status = "failed" THEN MaxRetries + 1 ELSE MaxRetries

\* With one lock for each agent nobody holds and waits; with more the wait-for graph is checked.
DeadlockPrevention ==
  /\ Deadlocked(house) = {}
  /\ MaxLocks = 1 /\ File = {} /\ Resource = {} => \A a \in Agent : ~(Held(house, a) # {} /\ Waits(house, a))

\* One ticket for each agent, of present agents, for existing scopes, and none that could be granted.
QueueConsistency ==
  /\ \A i, j \in 1..Len(house.queue) : house.queue[i].agent = house.queue[j].agent => i = j
  /\ \A i \in 1..Len(house.queue) :
       /\ Present(house, house.queue[i].agent)
       /\ \A w \in house.queue[i].targets \ Resource : ScopeOf(house, w) \in house.scopes
       /\ ObstacleTo(house, i) # ""

ResourceBounds == Len(house.queue) <= Cardinality(Agent)

TimeoutManagement ==
  /\ \A a \in Agent :
       LET agent == house.agents[a]
       IN /\ IF agent.presence = "present" THEN InRange(agent.session, SessionTtl) ELSE agent.session = Off
          /\ IF agent.status = "blocked" THEN InRange(agent.block, MaxBlock) ELSE agent.block = Off
  /\ \A i \in 1..Len(house.queue) : InRange(house.queue[i].left, WaitFor)
  /\ \A s \in Scope : house.syncs[s].status # "failed" => house.syncs[s].pause = Off

-------------------------------------------------------------------------------
(* Of steps *)

\* The first answer to a request stays: a repeat changes nothing, and its id is never given another meaning.
RequestsKept ==
  [][\A r \in RequestId : house.requests[r] # NoRequest => house'.requests[r] = house.requests[r]]_vars

\* Labels by which such acts are known.
StaleActs ==
  {Call(kind, <<a, w, "stale">>) : kind \in {"ReleaseLock", "RenewLock", "CompleteSync", "FailSync"}, a \in Agent, w \in Wish}
    \cup {Call("ContextModify", <<a, s, "stale", base>>) : a \in Agent, s \in Scope, base \in {"seen", "other"}}
BlindWrites ==
  [s \in Scope |-> {Call("ContextModify", <<a, s, token, "other">>) : a \in Agent, token \in {"none", "current", "stale"}}]
Writes ==
  [a \in Agent, s \in Scope |->
     {Call("ContextModify", <<a, s, token, base>>) : token \in {"none", "current", "stale"}, base \in {"seen", "other"}}]
RunEnds ==
  [a \in Agent, s \in Scope |-> {Call(kind, <<a, s, "current">>) : kind \in {"CompleteSync", "FailSync"}}]

\* No act with the token of an earlier grant, or with the number of an earlier run, is ever committed.
FencedActs == [][step' \notin StaleActs]_vars

\* Who writes holds the lock and is not blocked.
OnlyHolderWrites ==
  [][\A a \in Agent, s \in Scope :
       step' \in Writes[a, s] => house.agents[a].status # "blocked" /\ HoldsCovering(house', a, s)]_vars

\* What a file's next version is made from is its present version.
NoLostUpdate == [][\A s \in Scope : house.contexts[s] => step' \notin BlindWrites[s]]_vars

\* A lock is given back by its holder.
OnlyHolderReleases ==
  [][\A a \in Agent, w \in Wish : step' = Call("ReleaseLock", <<a, w>>) => HeldUnder(house, a, w) # {}]_vars

\* A new graph, or what is missing from it, ends no lock and no wait and changes none; and no scopes at all are taken for a
\* wish only if it is said to be one.
Graph(h) == <<Defined(h), h.deps>>
\* Files that are held or waited for, and in another scope after the step: because one is defined around them.
MovedInUse ==
  {f \in File :
     /\ ScopeOf(house', f) # ScopeOf(house, f)
     /\ ~Free(house, f) \/ \E i \in 1..Len(house.queue) : f \in house.queue[i].targets}
AbsenceEndsNothing ==
  [][/\ Graph(house') # Graph(house) /\ MovedInUse = {} => house'.locks = house.locks /\ house'.queue = house.queue
     /\ step' # "DefineScopes()"]_vars

\* A file that comes to be in another scope is free there, and nobody waits for it.
MovedComeFree ==
  [][\A f \in MovedInUse : Free(house', f) /\ \A i \in 1..Len(house'.queue) : f \notin house'.queue[i].targets]_vars

\* Who asks takes nothing from anybody.
AskLabels == {Call("AcquireLock", <<a, SetText(W), wait>>) : a \in Agent, W \in SUBSET Wish \ {{}}, wait \in {"now", "wait"}}
AskingTakesFromNobody ==
  [][step' \in AskLabels => \A t \in Target : ~Free(house, t) => house'.locks[t].holder = house.locks[t].holder]_vars

\* Who goes on in another process has what it had.
ResumeKeepsAll ==
  [][\A a \in Agent : step' = Call("AgentResume", <<a>>) => house' = Seen(house, a)]_vars

\* Whose process is seen to have ended has all that it had, for a shorter time than before; and it is the process that now
\* speaks for the agent.
SeenDeadGivesWay ==
  [][\A a \in Agent :
       /\ step' = Call("SeeDead", <<a>>) =>
            /\ house'.agents[a].session < house.agents[a].session
            /\ house' = [house EXCEPT !.agents[a].session = DeadGrace]
       /\ step' # Call("SeeDead", <<a, "otherSession">>)]_vars

\* A run is ended well or badly by the agent that started it.
RunnerEndsRun ==
  [][\A a \in Agent, s \in Scope : step' \in RunEnds[a, s] => house.syncs[s].by = a]_vars

\* What has changed, and all that depends on it, must be synced again.
Changed ==
  [s \in Scope |-> UNION {Writes[a, s] : a \in Agent} \cup {"InvalidateSync(" \o s \o ")"}
                     \cup {Call("GitOperation", <<SetText(S)>>) : S \in {T \in SUBSET Scope : s \in T}}]
GitStateConsistency ==
  [][\A s \in Scope : step' \in Changed[s] => \A x \in Above({s}, house.deps) : house'.syncs[x] = NoSync]_vars

\* Nobody is given what the oldest ticket waits for, or what overlaps it, while it waits.
NobodyOvertaken ==
  [][house.queue # <<>> /\ house'.queue # <<>> /\ Head(house'.queue).agent = Head(house.queue).agent =>
       \A w \in Head(house.queue).targets :
         IF w \in Resource THEN FreeSlots(house, w) # {} => FreeSlots(house', w) # {}
         ELSE \A t \in Together(house, w) : house'.locks[t].holder \in {house.locks[t].holder, Nobody}]_vars

\* Once the contended hold has run out no renewal counts, unless a new owner starts every clock anew.
HoldHasEnded(lock) == 0 \in {lock.byScope, lock.byPlace}
ContendedHoldEnds ==
  [][\A t \in Target :
       HoldHasEnded(house.locks[t]) /\ house'.locks[t].holder = house.locks[t].holder /\ step' # "TakeOver(otherBoot)" =>
         house'.locks[t].left <= house.locks[t].left]_vars

\* The status moves only along the table in `Agents'.
StatusMoves ==
  [][\A a \in Agent :
       LET from == house.agents[a].status
           to == house'.agents[a].status
       IN from # to => to \in CASE from = "idle" -> {"working", "blocked", "completed"}
                               [] from = "completed" -> {"working", "blocked", "idle"}
                               [] from = "blocked" -> {"working", "idle"}
                               [] from = "working" -> {"idle", "blocked", "completed"}]_vars
===============================================================================
