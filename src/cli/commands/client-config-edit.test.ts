import { describe, expect, it } from 'vitest';
import { clients, namesServer } from './client-config-clients.ts';
import { withServer } from './client-config-edit.ts';

const entry = { command: 'rhema', args: ['mcp'] };
const { cursor, codex, vscode } = clients;

describe('adding a server to JSON', () => {
  const added = (before: string): string => {
    const edit = withServer(cursor, before, entry);
    return edit.kind === 'added' ? edit.text : edit.kind;
  };

  it('keeps comments, order and layout', () => {
    const before = [
      '{',
      '    // ours',
      '    "mcpServers": {',
      '        "other": { "command": "other" } // kept',
      '    }',
      '}',
      '',
    ];
    const lines = [
      '        "rhema": {',
      '            "command": "rhema",',
      '            "args": [',
      '                "mcp"',
      '            ]',
      '        },',
    ];
    expect(added(before.join('\n')).split('\n')).toEqual(before.toSpliced(3, 0, ...lines));
    expect(added(before.join('\r\n')).split('\r\n')).toEqual(before.toSpliced(3, 0, ...lines));
  });

  it.each([
    ['an empty table', '{\n\t"mcpServers": {}\n}\n', '\t"mcpServers": {\n\t\t"rhema": {\n'],
    ['no table', '{\n\t"theme": "dark"\n}\n', '{\n\t"mcpServers": {\n\t\t"rhema": {\n'],
    ['an empty file of JSON', '{}', '{\n  "mcpServers": {\n    "rhema": {\n'],
    ['a comment only', '{ // none yet\n}', '{\n  "mcpServers": {\n    "rhema": {\n'],
    ['all on one line', '{ "mcpServers": { "other": {} } }', '"mcpServers": {\n    "rhema": {\n'],
  ])('into %s', (_what, before, start) => {
    const after = added(before);
    expect(after).toContain(start);
    expect(namesServer(cursor, after)).toBe(true);
    expect(after).toContain(/\/\/ none yet|"other"|"theme"/.exec(before)?.[0] ?? '{');
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

it.each([
  ['nothing', 'null', 'it holds no keys and values'],
  ['a list', '[]', 'it holds no keys and values'],
  ['a text', '"x"', 'it holds no keys and values'],
  ['no table of servers', '{ "mcpServers": null }', 'its mcpServers hold no servers by name'],
  ['a list of servers', '{ "mcpServers": ["rhema"] }', 'its mcpServers hold no servers by name'],
  ['an empty server', '{ "mcpServers": { "rhema": null } }', 'its mcpServers.rhema is no server'],
  ['a text for a server', '{ "mcpServers": { "rhema": "rhema mcp" } }', 'its mcpServers.rhema is no server'],
])('JSON that holds %s is left alone, and it is said what is wrong', (_what, before, problem) => {
  expect(withServer(cursor, before, entry)).toEqual({ kind: 'unreadable', problem });
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
