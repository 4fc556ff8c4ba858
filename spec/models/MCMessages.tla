------------------------------ MODULE MCMessages ------------------------------
(* Messages between agents that join, leave, are lost, go on in another process, hold and wait. *)
EXTENDS Edges, Messages

Init ==
  /\ house = House(Agent, Scope, NoDeps)
  /\ clients = [a \in Agent |-> "up"] /\ step = "Init"
  /\ inbox = [a \in Agent |-> EmptyInbox] /\ given = Nothing

Rest ==
  \/ \E a \in Agent :
       \/ AgentJoin(a) \/ AgentResume(a) \/ AgentLeave(a)
       \/ \E w \in Scope \cup File : AcquireLock(a, {w}, "wait") \/ ReleaseLock(a, w, "none")
  \/ ExpireDue \/ Tick

Next ==
  \/ WithInboxes(Rest)
  \/ \E a \in Agent :
       \/ \E b \in Agent : SendMessage(a, To(b), "info")
       \/ \E w \in Scope \cup File : SendMessage(a, ToHolder(w), "request_release")
       \/ ReadMessages(a) \/ \E r \in RequestId : ReadMessagesOnce(r, a)
  \/ SendAsOperator(ToAll, "stop")

Spec == Init /\ [][Next]_varsWithInboxes

-------------------------------------------------------------------------------
(* How the graph is written: as `Edges' does, with the inboxes that are not empty at the end. *)

InboxText(a, box) == a \o "<" \o Joined(box.unread, "+") \o "." \o ToString(box.gaveWay)
InboxesText(boxes) ==
  LET some == SelectSeq(AgentsInOrder, LAMBDA a : boxes[a] # EmptyInbox)
  IN Joined([i \in 1..Len(some) |-> InboxText(some[i], boxes[some[i]])], ";")
WithInboxesText(h, c, boxes) ==
  LET own == HouseText(h, c)
      rest == IF RestText(h) = "" \/ InboxesText(boxes) = "" THEN "" ELSE ";"
  IN own \o rest \o InboxesText(boxes)

PrintEdgeWithInboxes ==
  PrintT("EDGE " \o step' \o " " \o WithInboxesText(house, clients, inbox) \o " " \o WithInboxesText(house', clients', inbox'))
===============================================================================
