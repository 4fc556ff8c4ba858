-------------------------------- MODULE Clocks --------------------------------
(***************************************************************************)
(* Why owners take over.  A small machine of its own, in which the clocks  *)
(* are spelt out that the other modules leave out: one log with one lease, *)
(* several hosts that may write to it, each with a clock that began at     *)
(* some other moment and begins anew when the host boots.                  *)
(*                                                                         *)
(* The log's time is the clock of the host that it is bound to, plus an    *)
(* offset that the log remembers.  An owner to whose clock it is not bound *)
(* cannot know what time has passed since the last entry.  So it does      *)
(* nothing before it has bound the log to its own clock (`TakeOver'), and  *)
(* with that every lease starts anew in full.                              *)
(*                                                                         *)
(* And since that would keep a dead agent's lease for ever if two did it   *)
(* by turns, it lets an owner that still acts go on: by itself it takes    *)
(* over only when the log has stood still for its patience, which lasts    *)
(* longer than what is due next.  A client that asks it for something is   *)
(* not made to wait: then it takes over at once.  So clients on two        *)
(* machines that ask by turns do keep a dead agent's lease (`ByTurns',     *)
(* expected to fail): that is no promise.                                  *)
(***************************************************************************)
EXTENDS Integers

CONSTANTS
  Host,
  Starts,      \* where a clock may stand when a host boots
  Ttl,
  Late,        \* how late an owner that goes on may act, at most
  TimeMax,     \* bounds of the model: no more time passes, no more boots
  BootsMax,
  CallsOf,     \* hosts of which clients ask for something while the log is bound to another clock
  Bug

VARIABLES
  real,      \* the time that passes, for all; nobody can read it
  clock,     \* per host: what it reads
  boot,      \* per host: how often it has booted
  up,        \* hosts on which an owner runs
  bound,     \* the clock that the log is bound to: [host, boot, offset]
  time,      \* the log's time at the last entry
  deadline,  \* of the lease, in the log's time; None when there is none
  since,     \* ghost: the real time at which the lease was last granted, renewed or started anew
  watched,   \* per host: for how long its owner has seen the log stand still, on its own clock
  step
log == <<bound, time, deadline>>
View == <<real, clock, boot, up, log, since, watched>>
vars == <<View, step>>

None == -1
Max(x, y) == IF x > y THEN x ELSE y

Init ==
  /\ real = 0 /\ clock \in [Host -> Starts] /\ boot = [h \in Host |-> 0] /\ up = Host
  /\ \E h \in Host : bound = [host |-> h, boot |-> 0, offset |-> 0 - clock[h]]
  /\ time = 0 /\ deadline = None /\ since = 0 /\ watched = [h \in Host |-> 0]
  /\ step = "Init"

-------------------------------------------------------------------------------
(* The surroundings *)

IsBound(h) == bound.host = h /\ (bound.boot = boot[h] \/ Bug = "bootsNotTold")
Now(h) == Max(time, clock[h] + bound.offset)
IsDue(h) == deadline # None /\ deadline <= Now(h)

\* An owner that runs and to whose clock the log is bound ends what is due, not later than `Late' after it is.
Pass ==
  /\ real < TimeMax
  /\ \A h \in up : IsBound(h) /\ deadline # None => Now(h) < deadline + Late
  /\ real' = real + 1 /\ clock' = [h \in Host |-> clock[h] + 1]
  /\ watched' = [h \in Host |-> IF h \in up THEN watched[h] + 1 ELSE 0]
  /\ step' = "Pass" /\ UNCHANGED <<boot, up, log, since>>

Die(h) ==
  /\ h \in up /\ up' = up \ {h} /\ watched' = [watched EXCEPT ![h] = 0]
  /\ step' = "Die" /\ UNCHANGED <<real, clock, boot, log, since>>
Start(h) ==
  /\ h \notin up /\ up' = up \cup {h}
  /\ step' = "Start" /\ UNCHANGED <<real, clock, boot, log, since, watched>>
\* The owner on it dies, and its clock begins anew.
Reboot(h) ==
  /\ boot[h] < BootsMax /\ boot' = [boot EXCEPT ![h] = @ + 1]
  /\ \E start \in Starts : clock' = [clock EXCEPT ![h] = start]
  /\ up' = up \ {h} /\ watched' = [watched EXCEPT ![h] = 0]
  /\ step' = "Reboot" /\ UNCHANGED <<real, log, since>>

-------------------------------------------------------------------------------
(* Owners *)

Write(h, now) == time' = now /\ watched' = [o \in Host |-> 0] /\ UNCHANGED <<real, clock, boot, up>>

\* Nothing is done by an owner to whose clock the log is not bound.
MayAct(h) == h \in up /\ (IsBound(h) \/ Bug = "actsUnbound")

\* A holder that renews, or a first grant: the same for a clock.
Renew(h) ==
  /\ MayAct(h) /\ ~IsDue(h) /\ Write(h, Now(h))
  /\ deadline' = Now(h) + Ttl /\ since' = real
  /\ step' = "Renew" /\ UNCHANGED bound

Expire(h) ==
  /\ MayAct(h) /\ IsDue(h) /\ Write(h, Now(h))
  /\ deadline' = None
  /\ step' = "Expire" /\ UNCHANGED <<bound, since>>

\* How long the log must have stood still, so that nobody else acts: what is due next would have been ended.
Patience == IF Bug = "impatient" THEN 0 ELSE (IF deadline = None THEN 0 ELSE deadline - time) + Late

TakeOver(h) ==
  /\ h \in up /\ ~IsBound(h)
  /\ bound.host # h => watched[h] > Patience \/ h \in CallsOf
  /\ LET at == IF Bug = "timeGoesBack" THEN clock[h] ELSE time
     IN /\ Write(h, at) /\ bound' = [host |-> h, boot |-> boot[h], offset |-> at - clock[h]]
        /\ deadline' = IF deadline = None THEN None
                       ELSE IF Bug = "notRearmed" THEN Max(time, deadline - 1) ELSE at + Ttl
  /\ since' = IF deadline = None THEN since ELSE real
  /\ step' = "TakeOver"

Next ==
  \/ Pass
  \/ \E h \in Host : Die(h) \/ Start(h) \/ Reboot(h) \/ Renew(h) \/ Expire(h) \/ TakeOver(h)

Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------
TypeInvariant ==
  /\ up \subseteq Host /\ bound.host \in Host /\ time \in Nat /\ (deadline = None \/ deadline \in Nat)
  /\ since \in 0..TimeMax

\* A ttl is a lower bound, whoever owns the log and whatever its clock reads.
NeverEarly == [][step' = "Expire" => real >= since + Ttl]_vars

\* The log's time does not run backwards.
TimeGrows == [][time' >= time]_vars

\* While the owner to whose clock the log is bound runs on, nobody else starts its leases anew: there is no taking turns.
RunsOn(h) == bound.host \in up /\ bound.boot = boot[bound.host] /\ watched[bound.host] >= watched[h]
OneAtATime ==
  [][\A h \in Host : bound'.host = h /\ bound.host # h /\ deadline # None => ~RunsOn(h)]_vars

\* While an owner runs to whose clock the log is bound no lease outlasts its ttl by more than this owner may be late.
NeverLate ==
  [][step' = "Pass" /\ deadline # None /\ (\E h \in up : IsBound(h)) => real < since + Ttl + Late]_vars
===============================================================================
