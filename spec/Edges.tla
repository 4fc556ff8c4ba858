-------------------------------- MODULE Edges ---------------------------------
(***************************************************************************)
(* Writes the labelled graph, one line for each edge, as `ABSTRACTION.md'  *)
(* says.  A configuration that wants them names `PrintInit' as a           *)
(* constraint and `PrintEdge' as an action constraint; both are always     *)
(* true.                                                                   *)
(***************************************************************************)
EXTENDS Scenarios

AgentsInOrder == InOrder(Agent)
ScopesInOrder == InOrder(Scope)
TargetsInOrder == InOrder(Target)

\* One text for each agent, scope, or target, in order.
PerAgent(Text(_)) == Joined([i \in 1..Len(AgentsInOrder) |-> Text(AgentsInOrder[i])], ";")
PerScope(Text(_)) == Joined([i \in 1..Len(ScopesInOrder) |-> Text(ScopesInOrder[i])], ";")

PerTarget(Text(_)) == Joined([i \in 1..Len(TargetsInOrder) |-> Text(TargetsInOrder[i])], ";")

ClockText(clock) == IF clock = Off THEN "~" ELSE ToString(clock)
ByText(by) == IF by = Nobody THEN "~" ELSE by

StatusLetter(status) ==
  CASE status = "idle" -> "i" [] status = "working" -> "w" [] status = "blocked" -> "b" [] status = "completed" -> "c"
SyncLetter(status) ==
  CASE status = "idle" -> "i" [] status = "syncing" -> "s" [] status = "completed" -> "c" [] status = "failed" -> "f"
ClientLetter(client) == CASE client = "up" -> "u" [] client = "cut" -> "c" [] client = "down" -> "d"

AgentText(agent) ==
  CASE agent.presence = "absent" -> "-"
    [] agent.presence = "lost" -> "L"
    [] agent.presence = "present" ->
         StatusLetter(agent.status) \o "." \o ClockText(agent.session) \o "." \o ClockText(agent.block)
LockText(lock) ==
  IF lock.holder = Nobody THEN "-"
  ELSE lock.holder \o "." \o ClockText(lock.left) \o "." \o ClockText(lock.byScope) \o "." \o ClockText(lock.byPlace)
TicketText(ticket) == ticket.agent \o ":" \o SetText(ticket.targets) \o "." \o ClockText(ticket.left)
SyncText(sync) ==
  SyncLetter(sync.status) \o "." \o ByText(sync.by) \o "." \o ToString(sync.failures) \o "." \o ClockText(sync.pause)

RequestText(r, request) == r \o "=" \o request.kind \o "." \o ByText(request.by)

\* What only some models have: the requests that were answered, and a setting that was changed.
RestText(h) ==
  LET ids == SelectSeq(<<"r1", "r2">>, LAMBDA r : r \in RequestId /\ h.requests[r] # NoRequest)
      requests == [i \in 1..Len(ids) |-> RequestText(ids[i], h.requests[ids[i]])]
      places == IF h.places = MaxConcurrent THEN <<>> ELSE <<"places=" \o ToString(h.places)>>
  IN Joined(requests \o places, ";")

HouseText(h, c) ==
  LET agent(a) == AgentText(h.agents[a])
      client(a) == ClientLetter(c[a])
      lock(t) == LockText(h.locks[t])
      node(s) == IF s \in h.withdrawn THEN "!" ELSE IF s \in h.scopes THEN "=" \o SetText(h.deps[s]) ELSE "-"
      sync(s) == SyncText(h.syncs[s])
      context(s) == IF h.contexts[s] THEN "x" ELSE "-"
  IN Joined(<<PerAgent(agent), PerAgent(client), PerTarget(lock),
              Joined([i \in 1..Len(h.queue) |-> TicketText(h.queue[i])], ";"),
              PerScope(node), PerScope(sync), PerScope(context), RestText(h)>>, "|")

PrintEdge ==
  PrintT("EDGE " \o step' \o " " \o HouseText(house, clients) \o " " \o HouseText(house', clients'))

PrintInit == step = "Init" => PrintT("INIT " \o HouseText(house, clients))
===============================================================================
