import { expect, it } from 'vitest';
import { commandLine, entryFor, eventLabel, jsonHookClients, oursIn } from './clients.ts';
import { kimiLines } from './kimi.ts';

const path = 'node_modules/rhema/dist/cli/main.js';
const inRepository = { words: ['node', path], inRepository: path };

it('each client is told in its own words, from the top of the repository, in its own unit of time', () => {
  const told = jsonHookClients.map((client) => {
    const event = client.events.find(({ name }) => /^(pre|before)Tool/i.test(name))!;
    return [
      client.name,
      event.name,
      JSON.stringify(entryFor(client, event, commandLine(client, inRepository))),
    ];
  });
  expect(told.map((words) => words.join(' ')).join('\n')).toMatchInlineSnapshot(`
    "claude PreToolUse {"matcher":"Edit|Write|MultiEdit|NotebookEdit|Bash|Read|mcp__rhema__agent_join","hooks":[{"type":"command","command":"node \\"$CLAUDE_PROJECT_DIR\\"/node_modules/rhema/dist/cli/main.js hook claude","timeout":30}]}
    codex PreToolUse {"hooks":[{"type":"command","command":"node \\"$(git rev-parse --show-toplevel)\\"/node_modules/rhema/dist/cli/main.js hook codex","timeout":30}]}
    gemini BeforeTool {"hooks":[{"type":"command","command":"node $GEMINI_PROJECT_DIR/node_modules/rhema/dist/cli/main.js hook gemini","timeout":30000}]}
    cursor preToolUse {"command":"node node_modules/rhema/dist/cli/main.js hook cursor"}
    copilot preToolUse {"type":"command","bash":"node node_modules/rhema/dist/cli/main.js hook copilot preToolUse","cwd":".","timeoutSec":30}
    vscode PreToolUse {"type":"command","command":"node node_modules/rhema/dist/cli/main.js hook vscode","timeout":30}"
  `);
});

it('at these moments', () => {
  const events = jsonHookClients.map(({ name, events: all }) => `${name}: ${all.map(eventLabel).join(' ')}`);
  expect(events.join('\n')).toMatchInlineSnapshot(`
    "claude: SessionStart UserPromptSubmit PreToolUse PostToolUse SubagentStart SubagentStop Stop Stop (wake) SessionEnd
    codex: SessionStart UserPromptSubmit PreToolUse PostToolUse SubagentStart SubagentStop Stop SessionEnd
    gemini: SessionStart BeforeAgent BeforeTool AfterTool AfterAgent SessionEnd
    cursor: sessionStart beforeSubmitPrompt preToolUse postToolUse subagentStart subagentStop stop sessionEnd
    copilot: sessionStart userPromptSubmitted preToolUse postToolUse subagentStart subagentStop agentStop sessionEnd
    vscode: SessionStart UserPromptSubmit PreToolUse PostToolUse SubagentStart SubagentStop Stop"
  `);
});

it('some entries have words of their own: what wakes an agent, and what Codex would cut short', () => {
  const own = jsonHookClients.flatMap((client) =>
    client.events
      .filter(({ handler }) => handler !== undefined)
      .map((event) =>
        [client.name, event.name, JSON.stringify(entryFor(client, event, 'rhema hook X'))].join(' '),
      ),
  );
  expect(own.join('\n')).toMatchInlineSnapshot(`
    "claude Stop {"hooks":[{"type":"command","command":"rhema hook X wake","timeout":600,"asyncRewake":true}]}
    codex SessionEnd {"hooks":[{"type":"command","command":"rhema hook X","timeout":3}]}"
  `);
});

it('Kimi is told in a table of tables, by the words of its user', () => {
  expect(kimiLines(['/usr/bin/node', '/opt/it is/main.js']).split('\n\n')[0]).toMatchInlineSnapshot(`
    "[[hooks]]
    event = "SessionStart"
    command = "/usr/bin/node '/opt/it is/main.js' hook kimi"
    timeout = 30"
  `);
});

it.each([
  ['rhema hook claude', 'rhema hook claude'],
  ['"/opt/x y/rhema" hook claude ', '"/opt/x y/rhema" hook claude'],
  [`node "$CLAUDE_PROJECT_DIR"/${path} hook claude`, `node "$CLAUDE_PROJECT_DIR"/${path} hook claude`],
  ['rhema hook claude PreToolUse', 'rhema hook claude'],
  ['rhema hook claude wake', 'rhema hook claude'],
  ['rhema hook codex', null],
  ['rhema hook claude --verbose', null],
  ['rhema hook claude; theirs', null],
  ['notrhema hook claude', null],
  ['theirs hook claude', null],
  [undefined, null],
])('of ours is %j: %j', (command, ours) => {
  expect(oursIn('claude', command)?.line ?? null).toBe(ours);
});
