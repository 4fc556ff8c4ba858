/** The machine and the model, side by side: they answer every command alike and see the same world after it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command, Decision } from '../../src/core/index.ts';
import { codeOf, Machine } from '../support/machine.ts';
import { textOf } from './model-queue.ts';
import { Model } from './model.ts';
import { moveArbitrary, play, populate, settingsArbitrary, type Move } from './moves.ts';

const runs = Number(process.env['MODEL_RUNS'] ?? 600);

test('the machine answers and changes as the naive model does', () => {
  const moves = fc.array(moveArbitrary.filter(isModelled), { minLength: 1, maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(settingsArbitrary, moves, (settings, sequence) => {
      const machine = new Machine(settings);
      const model = new Model(machine.initialSettings);
      machine.onDecision = (command, decision) => compare(machine, model, command, decision);
      populate(machine);
      for (const move of sequence) play(machine, { ...move, requestId: null });
    }),
    { numRuns: runs },
  );
});

/** The model has fixed settings. */
function isModelled(move: Move): boolean {
  return move.kind !== 'Configure';
}

function compare(machine: Machine, model: Model, command: Command, decision: Decision): void {
  const logged = decision.kind === 'committed' && decision.events.length > 0;
  const answer = model.apply(command, machine.state.revision + (logged ? 0 : 1));
  if (logged) model.logged('agent' in command && command.kind !== 'SeeDead' ? command.agent : null);
  expect({ command: command.kind, answer: codeOf(decision) }).toEqual({ command: command.kind, answer });
  expect(seenOf(machine)).toEqual(worldOf(model));
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

function seenOf({ state }: Machine): object {
  const agents = [...state.agents.values()].map((agent) => ({
    name: agent.id as string,
    status: agent.status,
    present: agent.presence === 'present',
    seenDeadAt: agent.seenDeadAtMs as number | null,
    endsAt: agent.presence === 'present' ? (agent.sessionDeadlineMs as number) : null,
    unread: agent.inbox.unread.map(({ revision }) => revision as number),
    gaveWay: agent.inbox.gaveWay,
  }));
  const locks = [...state.locks.values()].map((lock) => ({
    name: lock.target as string,
    scope: (lock.scope ?? null) as string | null,
    wantedSince: lock.contendedSinceMs as number | null,
    agent: lock.agent as string,
    token: lock.token as number,
    endsAt: lock.deadlineMs as number,
  }));
  const syncs = [...state.syncs.values()].map(({ scope, status, failures }) => ({
    name: scope as string,
    status,
    failures,
  }));
  return {
    agents: agents.toSorted(byName),
    locks: locks.toSorted(byName),
    queue: [...state.tickets.values()].map((waiter) => [waiter.ticket, waiter.agent, ...waiter.targets]),
    syncs: syncs.toSorted(byName),
  };
}

function worldOf(model: Model): object {
  const agents = model.agents.map((agent) => ({
    name: agent.name,
    status: model.status(agent),
    present: agent.present,
    seenDeadAt: agent.seenDeadAt,
    endsAt: agent.present ? agent.sessionEndsAt : null,
    unread: model.mail.unread(agent.name).map(({ number }) => number),
    gaveWay: model.mail.gaveWay(agent.name).length,
  }));
  const locks = model.queue.locks.map((lock) => {
    const { scope, agent, token, endsAt, wantedSince } = lock;
    return { name: textOf(lock), scope, agent, token, endsAt, wantedSince };
  });
  const syncs = model.graph.syncs.map(({ scope, status, failures }) => ({ name: scope, status, failures }));
  return {
    agents: agents.toSorted(byName),
    locks: locks.toSorted(byName),
    queue: model.queue.tickets.map((ticket) => [ticket.number, ticket.agent, ...ticket.targets.map(textOf)]),
    syncs: syncs.toSorted(byName),
  };
}
