/** Agents whose process is seen to have ended: waited for a little longer, and no longer than they would be without. */
import type { Mutant } from './mutant.ts';

const inDead = { model: 'Dead21', caughtBy: 'graph' } as const;

export const deadMutants: readonly Mutant[] = [
  {
    ...inDead,
    name: 'an agent whose process has ended is lost at once',
    file: 'agents.ts',
    find: 'addMs(command.atMs, state.settings.deadGraceMs)',
    replace: 'command.atMs',
  },
  {
    ...inDead,
    name: 'an agent whose process has ended is lost no sooner than by its silence',
    file: 'agents.ts',
    find: 'addMs(command.atMs, state.settings.deadGraceMs)',
    replace: 'addMs(command.atMs, state.settings.sessionTtlMs)',
  },
  {
    ...inDead,
    name: 'that its process has ended gives an agent more time',
    file: 'agents.ts',
    find: 'const isSooner = deadlineMs < agent.sessionDeadlineMs;',
    replace: 'const isSooner = deadlineMs > 0;',
  },
  {
    ...inDead,
    name: 'the end of a process that is the agent’s no longer is taken for that of the agent',
    file: 'decide.ts',
    find: "if ('session' in command && command.kind !== 'AgentJoin') {",
    replace: "if ('session' in command && command.kind !== 'AgentJoin' && command.kind !== 'SeeDead') {",
    caughtBy: 'actions',
  },
  {
    ...inDead,
    name: 'an agent whose process has ended keeps its timer',
    file: 'agents.ts',
    find: '  agent.sessionDeadlineMs = event.deadlineMs;\n  state.index.sessionDeadlines.set(agent.id, event.deadlineMs);\n',
    replace: '  agent.sessionDeadlineMs = event.deadlineMs;\n',
    caughtBy: 'TimeoutManagement',
  },
  {
    ...inDead,
    name: 'an agent that is heard after its process has ended is lost all the same',
    file: 'agents.ts',
    find: '  if (agent.seenDeadAtMs !== null) heardAgain(state, agent);\n  agent.sessionDeadlineMs = addMs(atMs, state.settings.sessionTtlMs);\n',
    replace:
      '  if (agent.seenDeadAtMs === null) agent.sessionDeadlineMs = addMs(atMs, state.settings.sessionTtlMs);\n',
    caughtBy: 'actions',
  },
];
