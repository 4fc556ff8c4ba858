-------------------------------- MODULE Owner ---------------------------------
(***************************************************************************)
(* The service around the machine: one durable log, several processes that *)
(* may all believe to own it, and clients that ask until they are          *)
(* answered.  It states that all of them together are the machine: the    *)
(* log, read entry by entry, is a behaviour of `MCRequests', the model     *)
(* whose graph is compared with the shipped core (`Refines').              *)
(*                                                                         *)
(*   client:  Ask --(repeated, to any owner)--> answered                   *)
(*   owner:   down --Start--> ready --Begin--> sent --AppendBatch--> done  *)
(*            --TellAll--> ready;  refused, unknown --Again--> sent        *)
(*                                                                         *)
(* `Begin' decides a batch on what the owner has in memory, which may be   *)
(* old by now, and sends an append that names the revision it follows.     *)
(* The append has three outcomes: done; refused, because the log is at     *)
(* another revision; unknown, because the answer was lost, and then it may *)
(* have taken effect, or not, or may still do so later.  A batch that      *)
(* writes nothing is compared with the end of the log all the same, before *)
(* its refusals and reads are told.  What is refused or unknown is decided *)
(* again on what has been read by then; request ids tell what took effect. *)
(* An owner may crash at every point.                                      *)
(*                                                                         *)
(* Which code plays which part, and what tests it, is in `README.md'.      *)
(***************************************************************************)
EXTENDS Memory

CONSTANTS
  Owner,
  BatchMax,         \* requests in one batch
  KeepsSnapshots,   \* whether owners keep snapshots and drop the entries before them
  Wishes            \* what the requests may wish: a set of functions from RequestId

VARIABLES
  wish,       \* per request: what it asks for
  since,      \* per request: the log's revision when it was first asked, or Unasked
  told,       \* per request: the reply that its client heard, or NoReply
  log,        \* durable entries, in order
  snapshot,   \* a memory that is kept beside the log; entries up to it cannot be read any more
  late,       \* appends under way whose sender does not listen any more
  memory,     \* per owner: its memory, or Down
  plan,       \* per owner: the batch it is busy with, or NoPlan
  trouble,    \* whether processes crash and messages are lost
  machine,    \* the memory that follows from what the machine was shown of the log: see `Show'
  step        \* the label of the last step; `View' leaves it out
clients == <<wish, since, told>>
store == <<log, snapshot, late>>
owners == <<memory, plan>>
View == <<clients, store, owners, trouble, machine>>
vars == <<View, step>>

Unasked == -1
Down == [revision |-> -1]
NoPlan == [outcome |-> "none"]

Revision == Len(log)
Up(o) == memory[o] # Down
Ready(o) == Up(o) /\ plan[o] = NoPlan

Init ==
  /\ wish \in Wishes
  /\ since = [r \in RequestId |-> Unasked] /\ told = [r \in RequestId |-> NoReply]
  /\ log = <<>> /\ snapshot = Empty /\ late = {}
  /\ memory = [o \in Owner |-> Empty] /\ plan = [o \in Owner |-> NoPlan]
  /\ trouble = TRUE /\ machine = Empty /\ step = "Init"

-------------------------------------------------------------------------------
(***************************************************************************)
(* A client asks, and asks again with the same id, until it hears an       *)
(* answer.  So from the first time on any number of copies of its request  *)
(* may arrive at any owner, at any time, even after it was answered.       *)
(***************************************************************************)
Ask(r) ==
  /\ since[r] = Unasked /\ step' = Call("Ask", <<r>>)
  /\ since' = [since EXCEPT ![r] = Revision]
  /\ UNCHANGED <<wish, told, store, owners, trouble>>

-------------------------------------------------------------------------------
(* Owners *)

Does(o, action, about) == step' = Call(action, <<ToString(o)>> \o about)

\* What the log still has of a request that an owner has seen an entry of: its first answer, unless the entry is gone.
Readable == (snapshot.revision + 1)..Revision
EntriesOf(r) == {i \in Readable : log[i].id = r}
FromLog(r) == IF EntriesOf(r) = {} THEN Gone ELSE LET i == CHOOSE j \in EntriesOf(r) : TRUE IN Reply(i, log[i].says, TRUE)
SeenIds(m) ==
  CASE Bug = "forgottenActsAgain" -> {}
    [] Bug = "printsDropped" -> {r \in Prints(m) : EntriesOf(r) # {}}
    [] OTHER -> Prints(m)

\* Found before the batch is decided.  What is remembered then may be forgotten before its turn comes in the batch.
Past(m) ==
  [r \in RequestId |->
     IF m.first[r] # NoReply THEN IF Bug = "rememberedNotKept" THEN NoReply ELSE m.first[r]
     ELSE IF r \in SeenIds(m) THEN FromLog(r) ELSE NoReply]

\* The memory runs ahead of the log with what was decided.
Send(o, base, batch) ==
  LET decided == DecideAll(base, batch, wish, Past(base))
  IN /\ memory' = [memory EXCEPT ![o] = decided.memory]
     /\ plan' = [plan EXCEPT ![o] = [batch |-> batch, follows |-> base.revision, entries |-> decided.entries,
                                     replies |-> decided.replies, outcome |-> "sent"]]

Batches == UNION {[1..n -> {r \in RequestId : since[r] # Unasked}] : n \in 1..BatchMax}

Begin(o) ==
  /\ Ready(o)
  /\ \E batch \in Batches : Send(o, memory[o], batch) /\ Does(o, "Begin", batch)
  /\ UNCHANGED <<clients, store, trouble>>

\* What the owner of a plan hears of its append.
Hears(o, outcome) == plan' = [plan EXCEPT ![o].outcome = outcome]

\* Of the appends under way none that expects what was the end can succeed any more.
Grow(entries) == log' = log \o entries /\ late' = IF entries = <<>> THEN late ELSE {}

\* All of a batch, or nothing.
Written(entries) == IF Bug = "appendsPartly" THEN SubSeq(entries, 1, Min(1, Len(entries))) ELSE entries

AppendBatch(o) ==
  /\ plan[o].outcome = "sent" /\ Does(o, "AppendBatch", <<>>)
  /\ IF plan[o].follows = Revision \/ Bug = "appendsUnconditionally"
     THEN Grow(Written(plan[o].entries)) /\ Hears(o, "done")
     ELSE IF Bug = "appendOverwrites"
     THEN log' = SubSeq(log, 1, plan[o].follows) \o plan[o].entries /\ late' = {} /\ Hears(o, "done")
     ELSE UNCHANGED <<log, late>> /\ Hears(o, "refused")
  /\ UNCHANGED <<clients, snapshot, memory, trouble>>

\* What has not arrived yet when its sender stops listening.
UnderWay(o) ==
  IF plan[o].outcome = "sent" /\ plan[o].entries # <<>>
  THEN {[follows |-> plan[o].follows, entries |-> plan[o].entries]} ELSE {}

LoseAnswer(o) ==
  /\ trouble /\ plan[o].outcome \in {"sent", "done"}
  /\ late' = late \cup UnderWay(o) /\ Hears(o, "unknown") /\ Does(o, "LoseAnswer", <<>>)
  /\ UNCHANGED <<clients, log, snapshot, memory, trouble>>

\* An append arrives of which nobody expects an answer any more.
ArriveLate ==
  /\ \E append \in late : append.follows = Revision /\ Grow(append.entries)
  /\ step' = "ArriveLate"
  /\ UNCHANGED <<clients, snapshot, owners, trouble>>

\* The state thrown away and rebuilt, or brought forward: either way the log as it is now.
Again(o) ==
  /\ plan[o].outcome \in {"refused", "unknown"} /\ Does(o, "Again", <<>>)
  /\ CASE Bug = "sentAgainBlindly" /\ plan[o].outcome = "unknown" ->
            plan' = [plan EXCEPT ![o].follows = Revision, ![o].outcome = "sent"] /\ UNCHANGED memory
       [] Bug = "memoryNotThrownAway" -> Send(o, [memory[o] EXCEPT !.revision = Revision], plan[o].batch)
       [] OTHER -> Send(o, CaughtUp(snapshot, log), plan[o].batch)
  /\ UNCHANGED <<clients, store, trouble>>

\* Outcomes after which an owner tells its clients.
Certain ==
  CASE Bug = "toldBeforeDurable" -> {"done", "sent"}
    [] Bug = "refusedTakenForDone" -> {"done", "refused"}
    [] Bug = "unknownTakenForDone" -> {"done", "unknown"}
    [] OTHER -> {"done"}
MayTell(p) == p.outcome \in Certain \/ (Bug = "refusalsNotChecked" /\ p.outcome = "sent" /\ p.entries = <<>>)

ReplyTo(r, p) ==
  LET reply == p.replies[CHOOSE i \in 1..Len(p.batch) : p.batch[i] = r]
  IN IF Bug = "stampedWhenTold" THEN [reply EXCEPT !.revision = Revision] ELSE reply

\* Those of these clients who still wait hear their reply.
Tell(o, heard) ==
  /\ MayTell(plan[o])
  /\ told' = [r \in RequestId |-> IF r \in heard /\ told[r] = NoReply THEN ReplyTo(r, plan[o]) ELSE told[r]]
  /\ plan' = [plan EXCEPT ![o] = NoPlan]
  /\ UNCHANGED <<wish, since, store, memory, trouble>>

TellAll(o) == plan[o] # NoPlan /\ Tell(o, Range(plan[o].batch)) /\ Does(o, "TellAll", <<>>)
LoseReply(o) ==
  /\ trouble /\ plan[o] # NoPlan
  /\ \E lost \in SUBSET Range(plan[o].batch) \ {{}} :
       Tell(o, Range(plan[o].batch) \ lost) /\ Does(o, "LoseReply", SelectSeq(plan[o].batch, LAMBDA r : r \in lost))

\* What others wrote: from its own memory on, or from the snapshot when the entries in between are gone.
Read(o) ==
  /\ Ready(o) /\ memory[o].revision < Revision /\ Does(o, "Read", <<>>)
  /\ LET isGone == memory[o].revision < snapshot.revision /\ Bug # "gapSkipped"
         base == IF isGone THEN snapshot ELSE [memory[o] EXCEPT !.revision = Max(@, snapshot.revision)]
     IN memory' = [memory EXCEPT ![o] = CaughtUp(base, log)]
  /\ UNCHANGED <<clients, store, plan, trouble>>

KeepSnapshot(o) ==
  /\ KeepsSnapshots /\ (Ready(o) \/ (Up(o) /\ Bug = "snapshotRunsAhead"))
  /\ snapshot.revision < memory[o].revision
  /\ snapshot' = memory[o] /\ Does(o, "KeepSnapshot", <<>>)
  /\ UNCHANGED <<clients, log, late, owners, trouble>>

Crash(o) ==
  /\ trouble /\ Up(o) /\ Does(o, "Crash", <<>>)
  /\ late' = late \cup UnderWay(o)
  /\ memory' = [memory EXCEPT ![o] = Down] /\ plan' = [plan EXCEPT ![o] = NoPlan]
  /\ UNCHANGED <<clients, log, snapshot, trouble>>

Start(o) ==
  /\ ~Up(o) /\ Does(o, "Start", <<>>)
  /\ memory' = [memory EXCEPT ![o] = CaughtUp(snapshot, log)]
  /\ UNCHANGED <<clients, store, plan, trouble>>

-------------------------------------------------------------------------------
(***************************************************************************)
(* One append writes a whole batch, and the machine makes one step for     *)
(* each entry.  So the entries of a batch are shown to it one by one,      *)
(* before anything else happens: stuttering steps of the service.          *)
(***************************************************************************)
Shown == machine.revision
Show ==
  /\ Shown < Revision /\ machine' = Fold(machine, log[Shown + 1]) /\ step' = "Show"
  /\ UNCHANGED <<clients, store, owners, trouble>>

Serve ==
  \/ \E r \in RequestId : Ask(r)
  \/ \E o \in Owner : Start(o) \/ Begin(o) \/ AppendBatch(o) \/ Again(o) \/ TellAll(o) \/ Read(o) \/ KeepSnapshot(o)
  \/ \E o \in Owner : LoseAnswer(o) \/ LoseReply(o) \/ Crash(o)
  \/ ArriveLate

Service == Shown = Revision /\ Serve /\ UNCHANGED machine
Next == Show \/ Service
Spec == Init /\ [][Next]_vars

MemoryAt(revision) == FoldAll(Empty, SubSeq(log, 1, revision))

Machine ==
  INSTANCE MCRequests WITH
    house <- machine.house,
    step <- IF Shown = 0 THEN "Init" ELSE log[Shown].label,
    clients <- [a \in Agent |-> "up"]

\* What happens in the service is what may happen in the machine: `Machine!Spec', with what is cheap to see put first.
Refines == Machine!Init /\ [][UNCHANGED Machine!vars \/ Machine!Next]_(Machine!vars)

-------------------------------------------------------------------------------
(* What always holds *)

IsMemory(m) ==
  m.revision \in Nat /\ DOMAIN m.first = RequestId /\ DOMAIN m.house.requests = RequestId

TypeInvariant ==
  /\ wish \in Wishes /\ DOMAIN told = RequestId /\ since \in [RequestId -> Nat \cup {Unasked}]
  /\ \A i \in 1..Revision : log[i].id \in RequestId
  /\ IsMemory(snapshot) /\ \A o \in Owner : Up(o) => IsMemory(memory[o])
  /\ \A o \in Owner : plan[o].outcome \in {"none", "sent", "done", "refused", "unknown"} /\ (~Up(o) => plan[o] = NoPlan)
  /\ trouble \in BOOLEAN /\ IsMemory(machine)

IsPrefix(m) == m.revision <= Revision /\ m = MemoryAt(m.revision)

\* An owner that is not busy has folded a prefix of the log, without gaps and nothing else.
OnlyPrefixFolded == \A o \in Owner : Ready(o) => IsPrefix(memory[o])
SnapshotIsPrefix == IsPrefix(snapshot)

\* What a client has heard is in the log, where the reply says.
ToldIsDurable ==
  \A r \in RequestId : told[r] # NoReply =>
    told[r].revision <= Revision /\ (told[r].committed => log[told[r].revision].id = r)

\* A reply is what the machine answers at its revision, also a refusal and a read; for a repeat it is the first answer.
TrueAt(r, reply) ==
  IF reply.says = "FORGOTTEN" THEN \E i \in 1..reply.revision : log[i].id = r
  ELSE IF reply.committed THEN reply.says = log[reply.revision].says
  ELSE reply.says = Says(Answer(MemoryAt(reply.revision).house, wish[r]), wish[r])
RepliesAreTrue == \A r \in RequestId : told[r] # NoReply => TrueAt(r, told[r])

\* No reply rests on a state from before its request was asked.
RepliesAreCurrent == \A r \in RequestId : told[r] # NoReply => told[r].revision >= since[r]

\* However often a request is sent, decided and appended, it acts once.
ActsOnce == \A i, j \in 1..Revision : log[i].id = log[j].id => i = j

\* Reachable, and so no invariant.  A refusal is not remembered: a copy of the request that is still under way may act
\* after it, once.  Who was refused and asks for another thing must do so with another id, and learns from the log.
RefusalIsFinal ==
  \A r \in RequestId : told[r] # NoReply /\ ~told[r].committed => \A i \in 1..Revision : log[i].id # r

\* What is in the log stays there.
LogOnlyGrows == [][Len(log') >= Revision /\ SubSeq(log', 1, Revision) = log]_vars

-------------------------------------------------------------------------------
(***************************************************************************)
(* What must happen: who keeps asking is answered, once processes stop     *)
(* crashing and messages stop being lost.  Assumed are clients that ask    *)
(* again, that an owner is started where none runs (the first client that  *)
(* finds nobody does it), and owners that go on.                           *)
(***************************************************************************)
CalmDown == trouble /\ trouble' = FALSE /\ step' = "CalmDown" /\ UNCHANGED <<clients, store, owners, machine>>
NextUntilCalm == Next \/ CalmDown

\* Weak fairness is spelt out, `[]<>~enabled \/ []<>taken', for the reason given in `MCLive'.
Still == Shown = Revision
Busy(o) == plan[o] # NoPlan
\* A queue in which what comes first goes first: who asks again and again is let in if anybody is.
LetsIn(r) == \E o \in Owner : ~Busy(o) /\ plan'[o] # NoPlan /\ r \in Range(plan'[o].batch)
CanLetIn(r) == Still /\ since[r] # Unasked /\ \E o \in Owner : Ready(o)

AskAgain == \A r \in RequestId : <>[]~CanLetIn(r) \/ []<><<LetsIn(r)>>_View
IsStarted == []<>(\E o \in Owner : Up(o))
GoOn ==
  /\ []<>Still
  /\ \A o \in Owner : []<>~(Still /\ Busy(o)) \/ []<><<Busy(o) /\ plan'[o] # plan[o]>>_View
TroubleEnds == <>~trouble

SpecUntilCalm == Init /\ [][NextUntilCalm]_vars
Fair == SpecUntilCalm /\ AskAgain /\ IsStarted /\ GoOn /\ TroubleEnds
NotAskedAgain == SpecUntilCalm /\ IsStarted /\ GoOn /\ TroubleEnds
NeverStarted == SpecUntilCalm /\ AskAgain /\ GoOn /\ TroubleEnds
OwnersStop == SpecUntilCalm /\ AskAgain /\ IsStarted /\ TroubleEnds
NeverCalm == SpecUntilCalm /\ AskAgain /\ IsStarted /\ GoOn

Answered == \A r \in RequestId : since[r] # Unasked ~> told[r] # NoReply

-------------------------------------------------------------------------------
(* What is asked in the models, and by whom does not matter *)

AnyOwner == Permutations(Owner)

\* Two contend for a scope; one gives back what it has taken; one looks while the other takes.
TwoRequests ==
  {[r \in RequestId |-> IF r = "r1" THEN Acquiring("a1", "s1", "now") ELSE other] :
     other \in {Acquiring("a2", "s1", "now"), Releasing("a1", "s1"), Reading("s1")}}
TakeAndLook == {[r \in RequestId |-> IF r = "r1" THEN Acquiring("a1", "s1", "now") ELSE Reading("s1")]}
\* One takes it, the other waits for it, and is served by the release.
HandOver ==
  {[r \in RequestId |-> CASE r = "r1" -> Acquiring("a1", "s1", "now")
                          [] r = "r2" -> Acquiring("a2", "s1", "wait")
                          [] r = "r3" -> Releasing("a1", "s1")]}
===============================================================================
