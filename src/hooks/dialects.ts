/** The clients, each with its own words. What is written here of a client is checked by what `rhema doctor` fires through its hooks. */
import { commonEvents, commonFields, refused, said, silent, type Dialect } from './dialect.ts';
import type { HookAnswer, HookEvent, Printed } from './hook-call.ts';
import type { HookClient } from './hook-clients.ts';

/** At these the client passes text on to its model. */
const tellsAt: ReadonlySet<HookEvent> = new Set(['sessionStart', 'prompt', 'afterTool', 'subagentStart']);

type Passing = Extract<HookAnswer, { kind: 'pass' }>;

/** What Claude Code understands, and those that have taken its form over. `system`: whether what its user is to see has a field. */
function inClaudesForm(answer: HookAnswer, event: HookEvent, name: string, system: boolean): Printed {
  switch (answer.kind) {
    case 'refuse':
      return refused(answer.reason, {
        hookSpecificOutput: {
          hookEventName: name,
          permissionDecision: 'deny',
          permissionDecisionReason: answer.reason,
        },
      });
    case 'goOn':
      return said({ decision: 'block', reason: answer.reason });
    case 'pass':
      return passed(answer, event, name, system);
  }
}

function passed({ told, shown }: Passing, event: HookEvent, name: string, system: boolean): Printed {
  const context =
    told === null || !tellsAt.has(event)
      ? {}
      : { hookSpecificOutput: { hookEventName: name, additionalContext: told } };
  const seen = shown === null || !system ? {} : { systemMessage: shown };
  const json = { ...context, ...seen };
  const stderr = shown === null || system ? '' : `${shown}\n`;
  return { ...(Object.keys(json).length === 0 ? silent : said(json)), stderr };
}

/** Events, fields and form of Claude Code. */
const claude: Dialect = {
  events: commonEvents,
  fields: commonFields,
  print: (answer, event, name) => inClaudesForm(answer, event, name, true),
};

/** Of a key that it does not know Codex makes nothing of the whole answer, and lets the tool run. */
const codex: Dialect = {
  ...claude,
  print: (answer, event, name) => inClaudesForm(answer, event, name, false),
};

const kimi: Dialect = {
  ...codex,
  events: { ...commonEvents, SessionHeartbeat: 'alive', StopFailure: 'alive' },
};

const gemini: Dialect = {
  events: {
    SessionStart: 'sessionStart',
    BeforeAgent: 'prompt',
    BeforeTool: 'beforeTool',
    AfterTool: 'afterTool',
    AfterAgent: 'stop',
    SessionEnd: 'sessionEnd',
  },
  fields: commonFields,
  print: (answer, event, name) =>
    answer.kind === 'pass'
      ? passed(answer, event, name, true)
      : // Without `decision` it lets the tool run, whatever the exit code says.
        { ...refused(answer.reason, { decision: 'deny', reason: answer.reason }) },
};

const camelEvents = {
  sessionStart: 'sessionStart',
  userPromptSubmitted: 'prompt',
  preToolUse: 'beforeTool',
  postToolUse: 'afterTool',
  postToolUseFailure: 'afterTool',
  agentStop: 'stop',
  subagentStart: 'subagentStart',
  subagentStop: 'subagentStop',
  sessionEnd: 'sessionEnd',
} as const;

/** The case of an event's name decides in whose form Copilot speaks of it. */
const copilot: Dialect = {
  events: { ...commonEvents, ...camelEvents },
  fields: commonFields,
  print: (answer, event, name) => {
    if (name in commonEvents) return claude.print(answer, event, name);
    switch (answer.kind) {
      case 'refuse':
        return refused(answer.reason, {
          permissionDecision: 'deny',
          permissionDecisionReason: answer.reason,
        });
      case 'goOn':
        return said({ decision: 'block', reason: answer.reason });
      case 'pass':
        return answer.told === null || !tellsAt.has(event)
          ? silent
          : said({ additionalContext: answer.told });
    }
  },
};

const cursor: Dialect = {
  events: {
    sessionStart: 'sessionStart',
    beforeSubmitPrompt: 'prompt',
    preToolUse: 'beforeTool',
    postToolUse: 'afterTool',
    stop: 'stop',
    subagentStart: 'subagentStart',
    subagentStop: 'subagentStop',
    sessionEnd: 'sessionEnd',
  },
  fields: { ...commonFields, folder: ['cwd', 'workspace_roots'] },
  print: (answer, event) => {
    switch (answer.kind) {
      case 'refuse':
        return refused(answer.reason, {
          permission: 'deny',
          user_message: answer.reason,
          agent_message: answer.reason,
        });
      case 'goOn':
        return said({ followup_message: answer.reason });
      case 'pass':
        return answer.told === null || (event !== 'sessionStart' && event !== 'afterTool')
          ? silent
          : said({ additional_context: answer.told });
    }
  },
};

/** What our own plugin there understands: it throws where the exit code is not 0. */
const opencode: Dialect = {
  ...codex,
  print: (answer, event) => {
    if (answer.kind === 'pass')
      return answer.told === null || !tellsAt.has(event) ? silent : said({ context: answer.told });
    return answer.kind === 'refuse'
      ? refused(answer.reason, { decision: 'deny', reason: answer.reason })
      : said({ decision: 'block', reason: answer.reason });
  },
};

export const dialects: Readonly<Record<HookClient, Dialect>> = {
  claude,
  codex,
  gemini,
  cursor,
  copilot,
  vscode: claude,
  opencode,
  kimi,
};
