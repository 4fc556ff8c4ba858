------------------------------- MODULE Messages -------------------------------
(***************************************************************************)
(* Messages: what an agent or an operator says to an agent, to whoever     *)
(* holds something, or to all who are present.  They are beside the        *)
(* machine: they change no lock, no wait and no status, and nothing that   *)
(* the machine does looks at them.  So they have a variable of their own.  *)
(*                                                                         *)
(*   inbox  for each agent what it has not read, the oldest first, and how *)
(*          many before that gave way to later ones                        *)
(*   given  what the last step has delivered, and to whom; like `step' it  *)
(*          does not tell states apart                                     *)
(*                                                                         *)
(* A message is written as its sender and its kind, `a2:info'.             *)
(***************************************************************************)
EXTENDS Coordination

CONSTANTS
  MaxUnread,    \* messages that are kept for one agent
  MaxGaveWay    \* how many may have given way before a model looks no further

VARIABLES inbox, given
ViewWithInboxes == <<house, clients, inbox>>
varsWithInboxes == <<house, clients, step, inbox, given>>

EmptyInbox == [unread |-> <<>>, gaveWay |-> 0]
Nothing == [to |-> Nobody, inbox |-> EmptyInbox]

\* For whom a message is.  What begins with @ is a resource, `holder:' stands before what somebody may hold.
To(a) == a
ToHolder(w) == "holder:" \o w
ToAll == "all"

\* Who holds what is named, or something that overlaps it; of a resource any slot.
HoldersOf(h, w) ==
  IF w \in Resource THEN {h.locks[t].holder : t \in Slots(w)} \ {Nobody}
  ELSE {h.locks[t].holder : t \in Overlapping(h, w)} \ {Nobody}

Addressed(h, to, sender) ==
  LET all == CASE to \in Agent -> {to} [] to = ToAll -> Agent [] OTHER -> UNION {HoldersOf(h, w) : w \in {x \in Wish : ToHolder(x) = to}}
  IN {a \in all : Present(h, a)} \ IF Bug = "toItself" THEN {} ELSE {sender}

\* One more, and the oldest gives way when there are too many.
WithOneMore(box, message) ==
  IF Len(box.unread) < MaxUnread \/ Bug = "inboxUnbounded" THEN [box EXCEPT !.unread = Append(@, message)]
  ELSE CASE Bug = "newestGivesWay" -> [box EXCEPT !.gaveWay = @ + 1]
         [] Bug = "givesWayUncounted" -> [box EXCEPT !.unread = Append(Tail(@), message)]
         [] OTHER -> [unread |-> Append(Tail(box.unread), message), gaveWay |-> box.gaveWay + 1]

Posted(A, message) ==
  [a \in Agent |-> IF a \in A THEN WithOneMore(inbox[a], message) ELSE inbox[a]]

\* What else happens: an agent that is not present after it has nothing to read.
WithInboxes(happening) ==
  /\ happening
  /\ inbox' = [a \in Agent |-> IF Present(house', a) \/ (Bug = "lostKeepsInbox" /\ step' = "ExpireDue") THEN inbox[a] ELSE EmptyInbox]
  /\ given' = Nothing

-------------------------------------------------------------------------------
(* The commands *)

AnswerSend(h, A) ==
  IF A = {} THEN Refuse("NO_RECIPIENT")
  ELSE Commit(IF Bug = "askedGivesBack" THEN Settled(EndLocks(h, UNION {Held(h, a) : a \in A})) ELSE h)

\* A model bounds how many give way, so that it ends.
Affordable == \A a \in Agent : inbox[a].gaveWay < MaxGaveWay

Sent(label, A, message) ==
  /\ inbox' = IF step' = label THEN Posted(A, message) ELSE inbox
  /\ given' = Nothing

SendMessage(a, to, kind) ==
  LET label == Call("SendMessage", <<a, to, kind>>)
      A == IF Bug = "toEverybody" THEN {x \in Agent : Present(house, x)} \ {a} ELSE Addressed(house, to, a)
  IN /\ Heard(a) /\ Affordable
     /\ ToAgent(a, label, AnswerSend(house, A))
     /\ Sent(label, A, a \o ":" \o kind)

SendAsOperator(to, kind) ==
  LET label == Call("SendAsOperator", <<to, kind>>)
      A == Addressed(house, to, Nobody)
  IN /\ InTime /\ Affordable
     /\ ToOperator(label, AnswerSend(house, A))
     /\ Sent(label, A, "~:" \o kind)

AnswerRead(h, a) == IF inbox[a].unread = <<>> THEN NothingToDo ELSE Commit(h)

TakenBy(a, label) ==
  /\ inbox' = IF step' = label /\ Bug # "readKeeps" THEN [inbox EXCEPT ![a] = EmptyInbox] ELSE inbox
  /\ given' = IF step' = label THEN [to |-> a, inbox |-> inbox[a]] ELSE Nothing

ReadMessages(a) ==
  LET label == Call("ReadMessages", <<a>>)
  IN Heard(a) /\ ToAgent(a, label, AnswerRead(house, a)) /\ TakenBy(a, label)

\* The same with a request id: a repeat is answered as the first was, and takes nothing.
ReadMessagesOnce(r, a) ==
  LET label == Call("ReadMessages", <<a, r>>)
      request == [kind |-> "ReadMessages", by |-> a]
      answer == AsAgent(house, a, AnswerRead(house, a))
      new == IF answer.code = "" THEN Commit([answer.house EXCEPT !.requests[r] = request]) ELSE answer
      known == Refuse(IF house.requests[r] = request THEN "REPEATED" ELSE "REQUEST_ID_REUSED")
  IN /\ Heard(a)
     /\ ToOperator(label, IF house.requests[r] = NoRequest \/ Bug = "repeatTakes" THEN new ELSE known)
     /\ TakenBy(a, label)

-------------------------------------------------------------------------------
(* What always holds *)

Keeps(box) == /\ Len(box.unread) <= MaxUnread
              /\ box.gaveWay > 0 => Len(box.unread) = MaxUnread

\* No more is kept than may be, none is from its reader, and who is not present has none.
InboxConsistency ==
  \A a \in Agent :
    /\ Keeps(inbox[a])
    /\ \A i \in 1..Len(inbox[a].unread) : \A kind \in {"info", "request_release", "stop"} : inbox[a].unread[i] # a \o ":" \o kind
    /\ ~Present(house, a) => inbox[a] = EmptyInbox

-------------------------------------------------------------------------------
(* Of steps *)

Addressees == Agent \cup {ToAll} \cup {ToHolder(w) : w \in Wish}
MessageSteps ==
  {Call("ReadMessages", <<a>> \o more) : a \in Agent, more \in {<<>>} \cup {<<r>> : r \in RequestId}}
    \cup {Call("SendMessage", <<a, to, kind>>) : a \in Agent, to \in Addressees,
                                               kind \in {"info", "request_release", "stop"}}
    \cup {Call("SendAsOperator", <<to, kind>>) : to \in Addressees,
                                               kind \in {"info", "request_release", "stop"}}

\* A message changes nothing for the machine but that who sends or reads one is there.
MessagesChangeNoLock ==
  [][step' \in MessageSteps =>
       [house' EXCEPT !.requests = house.requests] \in {house} \cup {Seen(house, a) : a \in {x \in Agent : Present(house, x)}}]_varsWithInboxes

\* What is delivered is all that was unread, in order, with the number of those that gave way; and it is delivered once.
DeliveredOnce ==
  [][\A a \in Agent :
       given'.to = a => /\ Present(house, a)
                        /\ given'.inbox = inbox[a]
                        /\ inbox'[a] = EmptyInbox
                        /\ \A r \in RequestId : step' = Call("ReadMessages", <<a, r>>) => house.requests[r] = NoRequest]_varsWithInboxes

\* The steps in which a message is sent, known by it.
LabelsOf(message) ==
  UNION {(IF message = "~:" \o kind THEN {Call("SendAsOperator", <<to, kind>>) : to \in Addressees} ELSE {})
           \cup {Call("SendMessage", <<a, to, kind>>) : a \in {x \in Agent : x \o ":" \o kind = message}, to \in Addressees} :
           kind \in {"info", "request_release", "stop"}}

\* While it is not delivered nothing is lost without being counted, and what is there keeps its order: only the oldest give
\* way, and one more comes at the end.
NoneLostUncounted ==
  [][\A a \in Agent :
       Present(house, a) /\ Present(house', a) /\ given'.to # a =>
         \E gone \in 0..1 :
           LET now == inbox[a].unread
               next == inbox'[a].unread
               kept == Len(now) - gone
           IN /\ gone <= Len(now) /\ kept <= Len(next) /\ Len(next) <= kept + 1
              /\ SubSeq(next, 1, kept) = SubSeq(now, gone + 1, Len(now))
              /\ inbox'[a].gaveWay = inbox[a].gaveWay + gone
              /\ gone = 1 => Len(next) = kept + 1 /\ Len(now) = MaxUnread
              /\ Len(next) = kept + 1 => step' \in LabelsOf(next[kept + 1])]_varsWithInboxes

\* A message comes to nobody but those for whom it is: seen here without `Addressed', which a mutant widens.
GotOne(a) == Len(inbox'[a].unread) + inbox'[a].gaveWay > Len(inbox[a].unread) + inbox[a].gaveWay
LabelsTo(to) ==
  {Call("SendMessage", <<a, to, kind>>) : a \in Agent, kind \in {"info", "request_release", "stop"}}
    \cup {Call("SendAsOperator", <<to, kind>>) : kind \in {"info", "request_release", "stop"}}
OnlyToWhomItIsFor ==
  [][\A a \in Agent :
       GotOne(a) => \/ step' \in LabelsTo(a)
                    \/ step' \in LabelsTo(ToAll)
                    \/ \E w \in Wish : step' \in LabelsTo(ToHolder(w)) /\ a \in HoldersOf(house, w)]_varsWithInboxes
===============================================================================
