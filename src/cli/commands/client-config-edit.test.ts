import { describe, expect, it } from 'vitest';
import { clients } from './client-config-clients.ts';
import { withServer } from './client-config-edit.ts';

const entry = { command: 'rhema', args: ['mcp'] };
const { cursor, codex, vscode } = clients;

describe('adding a server to JSON', () => {
  it('keeps comments, order and layout', () => {
    const before =
      '{\n    // ours\n    "mcpServers": {\n        "other": { "command": "other" } // kept\n    }\n}\n';
    expect(withServer(cursor, before, entry)).toMatchInlineSnapshot(`
      {
        "kind": "added",
        "text": "{
          // ours
          "mcpServers": {
              "other": {
                  "command": "other"
              },
              "rhema": {
                  "command": "rhema",
                  "args": [
                      "mcp"
                  ]
              } // kept
          }
      }
      ",
      }
    `);
  });

  it('makes the table where there is none, beside what else there is', () => {
    const edit = withServer(vscode, '{\n\t"inputs": []\n}\n', entry);
    expect(edit).toMatchInlineSnapshot(`
      {
        "kind": "added",
        "text": "{
      	"inputs": [],
      	"servers": {
      		"rhema": {
      			"command": "rhema",
      			"args": [
      				"mcp"
      			]
      		}
      	}
      }
      ",
      }
    `);
  });

  it.each([null, '', '\n'])('begins a file where there is nothing: %j', (before) => {
    const text =
      '{\n  "servers": {\n    "rhema": {\n      "command": "rhema",\n      "args": [\n        "mcp"\n      ]\n    }\n  }\n}\n';
    expect(withServer(vscode, before, entry)).toEqual({ kind: 'added', text });
  });

  it('leaves a broken file alone, and says where it is broken', () => {
    const edit = withServer(cursor, '{\n  "mcpServers": {,\n}\n', entry);
    expect(edit).toMatchObject({ kind: 'unreadable', problem: expect.stringMatching(/^line 2: /) as string });
  });
});

describe('adding a server to TOML', () => {
  it('adds a table at the end', () => {
    expect(
      withServer(codex, '# mine\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "other"\n', entry),
    ).toEqual({
      kind: 'added',
      text: '# mine\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "other"\n\n[mcp_servers.rhema]\ncommand = "rhema"\nargs = [ "mcp" ]\n',
    });
  });

  it('leaves a file alone whose servers are written as one value', () => {
    const edit = withServer(codex, 'mcp_servers = { other = { command = "other" } }\n', entry);
    expect(edit.kind).toBe('unreadable');
  });

  it('leaves a broken file alone', () => {
    expect(withServer(codex, 'model = \n', entry).kind).toBe('unreadable');
  });
});

describe('a server that is there already', () => {
  it('is left as it is where it starts alike, whatever else is said of it', () => {
    const before = '[mcp_servers.rhema]\ncommand = "rhema"\nargs = ["mcp"]\ntool_timeout_sec = 90\n';
    expect(withServer(codex, before, entry)).toEqual({ kind: 'unchanged' });
  });

  it('is told apart where somebody starts it in another way', () => {
    const before = '{ "mcpServers": { "rhema": { "command": "npx", "args": ["-y", "rhema", "mcp"] } } }';
    expect(withServer(cursor, before, entry)).toEqual({ kind: 'different' });
  });

  it('is what was added, the second time', () => {
    for (const client of Object.values(clients)) {
      const first = withServer(client, null, entry);
      expect(first.kind === 'added' && withServer(client, first.text, entry)).toEqual({ kind: 'unchanged' });
    }
  });
});
