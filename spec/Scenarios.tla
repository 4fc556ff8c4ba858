------------------------------ MODULE Scenarios -------------------------------
(***************************************************************************)
(* The scenarios of the original modules, as things that do happen.  Each  *)
(* is stated as "this never happens", so that TLC answers with a shortest  *)
(* way there: `node spec/tools/check.mjs scenarios' prints it.             *)
(***************************************************************************)
EXTENDS Safety

Completed(s) == house.syncs[s].status = "completed"
Syncing(s) == house.syncs[s].status = "syncing"

NeverEmptyRepository == house.scopes # {}
NeverSingleScope == ~(Cardinality(house.scopes) = 1 /\ \A s \in house.scopes : Completed(s))
NeverDeepHierarchy == [][step' # "DefineScope(s3,s1)!SCOPE_DEPTH_EXCEEDED"]_vars
NeverCircularDependency == [][step' # "DefineScope(s1,s2)!DEPENDENCY_CYCLE"]_vars
NeverDanglingReference == [][step' # "DefineScope(s1,s2)!DEPENDENCY_UNKNOWN"]_vars
\* Everything is synced at the same time.
NeverComplexMerge == ~(\A s \in Scope : Syncing(s))
\* What was synced is not any more, because Git changed what it stands on.
NeverGitHistoryRewriting == [][~(Completed("s2") /\ step' = "GitOperation(s1)")]_vars
\* A holder crashes, is lost, and who waited works on.
NeverAgentCrash ==
  [][~(/\ clients["a1"] = "down" /\ house.locks["s1"].holder = "a1" /\ Waits(house, "a2")
       /\ house'.agents["a1"].presence = "lost" /\ house'.locks["s1"].holder = "a2")]_vars
\* A holder that is cut off loses its lease to another before its session ends.
NeverAgentTimeout ==
  [][~(/\ clients["a1"] = "cut" /\ house.locks["s1"].holder = "a1" /\ step' = "ExpireDue"
       /\ Present(house', "a1") /\ house'.locks["s1"].holder \notin {"a1", Nobody})]_vars
\* It comes back too late.
NeverNetworkPartition == [][step' # "Heartbeat(a1)!AGENT_LOST"]_vars
\* Nobody has anything to do but wait.
NeverResourceExhaustion == ~(Full(house) /\ \A a \in Agent : Held(house, a) # {} \/ Waits(house, a))
NeverMcpConnection == [][step' # "Heartbeat(a1,otherSession)!SESSION_MISMATCH"]_vars
NeverConcurrentSafetyValidation == ~(\A a \in Agent : house.agents[a].status = "working")
NeverSafetyValidationTimeout == ~(\E s \in Scope : Syncing(s) /\ ~Free(house, s))
\* A failure is retried, and succeeds.
NeverEnhancedErrorRecovery == [][~(house.syncs["s1"].failures = 1 /\ step' = "CompleteSync(a1,s1,current)")]_vars
\* A deadlock is refused.
NeverWouldDeadlock == [][step' # "AcquireLock(a2,s1,wait)!WOULD_DEADLOCK"]_vars

-------------------------------------------------------------------------------
(* Of what the original modules do not have *)

\* Two agents have files of one scope at the same time.
NeverFileBesideFile == ~(house.locks["s1/f1"].holder = "a1" /\ house.locks["s1/f2"].holder = "a2")
\* Who waits for the whole scope is served before who asked later for a file of it that nobody holds.
NeverWholeBeforeFile ==
  [][~(/\ Free(house, "s1") /\ Len(house.queue) = 2 /\ house.queue[1].targets = {"s1"}
       /\ \A f \in house.queue[2].targets : f \in File /\ Free(house, f)
       /\ house'.locks["s1"].holder = house.queue[1].agent /\ Waits(house', house.queue[2].agent))]_vars
NeverSecondSlot == Free(house, "@q1#2")
\* A file that somebody holds comes to be in a scope that was not there before.
NeverFileMoves == [][\A f \in MovedInUse : Free(house, f) \/ ScopeOf(house', f) \in house.scopes \cup {Nobody}]_vars
\* A session ends before a lease that was granted with it: the process was seen to have ended.
SeenDead(a) == house.locks["s1"].holder = a /\ house.agents[a].session < house.locks["s1"].left
NeverDeadResumed == [][~(SeenDead("a1") /\ step' = "AgentResume(a1)")]_vars
NeverDeadLost == [][~(SeenDead("a1") /\ house'.agents["a1"].presence = "lost")]_vars
===============================================================================
