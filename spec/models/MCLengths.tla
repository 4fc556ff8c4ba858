------------------------------- MODULE MCLengths ------------------------------
(***************************************************************************)
(* Leases of the length that the caller asks for, while somebody waits and *)
(* while nobody does.  Every renewal names its length, so that the length  *)
(* that a lock was granted with need not be known.                         *)
(***************************************************************************)
EXTENDS Edges

Lengths == 1..LockTtl

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"

\* What is left of a lease that is renewed for this length: as `RenewedLeft' says of the configured one.
LeftFor(lock, length) ==
  LET hold == IF lock.byScope = Off THEN lock.byPlace
              ELSE IF lock.byPlace = Off THEN lock.byScope
              ELSE Min(lock.byScope, lock.byPlace)
      wished == IF hold = Off \/ Bug = "lengthOutlastsHold" THEN length ELSE Min(length, hold)
  IN Max(lock.left, wished)

WithLength(answer, a, s, length) ==
  IF answer.code # "" THEN answer
  ELSE Commit([answer.house EXCEPT !.locks[s].left =
                 IF house.locks[s].holder = a THEN LeftFor(house.locks[s], length) ELSE length])

AcquireFor(a, s, length) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("AcquireLock", <<a, s, "now", ToString(length)>>),
             WithLength(AnswerAcquireLock(house, a, {s}, "now"), a, s, length))
RenewFor(a, s, length) ==
  /\ Heard(a)
  /\ ToAgent(a, Call("RenewLock", <<a, s, ToString(length)>>),
             WithLength(AnswerRenewLock(house, a, s, "none"), a, s, length))

Next ==
  \/ \E a \in Agent, s \in Scope :
       \/ \E length \in Lengths : AcquireFor(a, s, length) \/ RenewFor(a, s, length)
       \/ house.locks[s].holder # a /\ AcquireLock(a, {s}, "wait")
       \/ ReleaseLock(a, s, "none")
  \/ \E a \in Agent : CancelWait(a)
  \/ ExpireDue \/ Tick

Spec == Init /\ [][Next]_vars
===============================================================================
