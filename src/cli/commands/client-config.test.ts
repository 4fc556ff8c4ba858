import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { beforeEach, describe, expect, it } from 'vitest';
import { makePipe } from '../../repository/testing/pipe.ts';
import { applyChanges, checkChanges, patchOf } from '../../init/index.ts';
import { Call } from '../call.ts';
import { report, reportError } from '../answer/output.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { clientNames, clients, namesServer } from './client-config-clients.ts';
import type { Client } from './client-config-clients.ts';
import { newFile } from './client-config-edit.ts';
import { clientConfig, serverEntry } from './client-config.ts';
import type { ClientConfigInput } from './client-config.ts';
import { chooseLaunch } from './client-config-launch.ts';
import type { Launch } from './client-config-launch.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

const installed: Launch = {
  words: ['rhema'],
  inRepository: null,
  userWords: ['rhema'],
  reason: 'by its name',
};
const path = 'node_modules/rhema/dist/cli/main.js';
const inRepository: Launch = {
  words: ['node', path],
  inRepository: path,
  userWords: ['/usr/bin/node', `/srv/shop/${path}`],
  reason: 'from there',
};

const configurationText = (client: Client, launch: Launch): string =>
  newFile(client, serverEntry(client, launch));

describe('the configuration of a client', () => {
  it('is in the format of each', () => {
    const texts = clientNames.map(
      (name) => `${clients[name].file}\n${configurationText(clients[name], installed)}`,
    );
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      ".mcp.json
      {
        "mcpServers": {
          "rhema": {
            "type": "stdio",
            "command": "rhema",
            "args": [
              "mcp"
            ]
          }
        }
      }

      .codex/config.toml
      [mcp_servers.rhema]
      command = "rhema"
      args = [ "mcp" ]
      startup_timeout_sec = 60

      .cursor/mcp.json
      {
        "mcpServers": {
          "rhema": {
            "type": "stdio",
            "command": "rhema",
            "args": [
              "-C",
              "\${workspaceFolder}",
              "mcp"
            ]
          }
        }
      }

      .vscode/mcp.json
      {
        "servers": {
          "rhema": {
            "type": "stdio",
            "command": "rhema",
            "args": [
              "-C",
              "\${workspaceFolder}",
              "mcp"
            ]
          }
        }
      }

      .gemini/settings.json
      {
        "mcpServers": {
          "rhema": {
            "command": "rhema",
            "args": [
              "mcp"
            ]
          }
        }
      }
      "
    `);
  });

  it.each(clientNames)('of %s is recognised again', (name) => {
    const text = configurationText(clients[name], inRepository);
    expect(namesServer(clients[name], text)).toBe(true);
    expect(namesServer(clients[name], text.replaceAll('rhema', 'other'))).toBe(false);
  });

  it('gives Codex time to start the server', () => {
    expect(parseToml(configurationText(clients.codex, inRepository))['mcp_servers']).toEqual({
      rhema: { command: 'node', args: [path, 'mcp'], startup_timeout_sec: 60 },
    });
  });

  it('names the folder to the clients that start servers elsewhere', () => {
    const server = (parseJson(configurationText(clients.vscode, installed)) as { servers: object }).servers;
    expect(server).toEqual({
      rhema: { type: 'stdio', command: 'rhema', args: ['-C', '${workspaceFolder}', 'mcp'] },
    });
    const local = (parseJson(configurationText(clients.cursor, inRepository)) as { mcpServers: object })
      .mcpServers;
    const args = [`\${workspaceFolder}/${path}`, '-C', '${workspaceFolder}', 'mcp'];
    expect(local).toEqual({ rhema: { type: 'stdio', command: 'node', args } });
  });
});

describe('how it is started', () => {
  const found = {
    main: '/opt/rhema/dist/cli/main.js',
    node: '/usr/bin/node',
    onPath: null,
    worktree: '/srv/shop',
    installed: null,
  };
  const local = '/srv/shop/node_modules/rhema/dist/cli/main.js';

  it.each([
    ['by name where it is on the PATH', { onPath: found.main }, ['rhema']],
    ['by its path where it is not', {}, ['/usr/bin/node', found.main]],
    ['by its path where another one is', { onPath: '/usr/local/rhema' }, ['/usr/bin/node', found.main]],
    ['by its path in the repository that has it', { main: local, onPath: local }, ['node', path]],
    [
      'by its name there where the files lie under that of a version',
      {
        main: '/srv/shop/node_modules/.pnpm/rhema@1.0.0/node_modules/rhema/dist/cli/main.js',
        installed: path,
      },
      ['node', path],
    ],
    [
      'by its path in a workspace of the repository',
      { main: `/srv/shop/packages/web/${path}` },
      ['node', `packages/web/${path}`],
    ],
    [
      'by its path where another repository has it',
      { main: local, worktree: '/srv/shopping' },
      ['/usr/bin/node', local],
    ],
  ])('%s', (_what, over, words) => {
    expect(chooseLaunch({ ...found, ...over }).words).toEqual(words);
  });

  it.each([
    ['npx', '/home/alice/.npm/_npx/0a1b'],
    ['pnpm dlx', '/home/alice/.cache/pnpm/dlx/3f2a/19-7/node_modules/.pnpm/rhema@1.0.0'],
    ['yarn dlx', '/tmp/xfs-3f2a/dlx-4711'],
    ['bunx', '/tmp/bunx-1000-rhema@latest'],
  ])(
    'is refused where nothing of it would be there tomorrow, rather than left to anybody: %s',
    (_, folder) => {
      const main = `${folder}/node_modules/rhema/dist/cli/main.js`;
      for (const onPath of [main, null])
        expect(() => chooseLaunch({ ...found, main, onPath })).toThrow(/install it in this repository/);
    },
  );

  it('fetches nothing, wherever the program lies', () => {
    const locations = [{}, { onPath: found.main }, { main: local }, { main: local, installed: path }];
    const words = locations.flatMap((over) => {
      const launch = chooseLaunch({ ...found, ...over });
      return [...launch.words, ...launch.userWords];
    });
    expect(words).not.toContain('npx');
  });
});

describe('the command', () => {
  let worktree: string;
  let ignored: readonly string[] = [];
  beforeEach(() => (worktree = folderOfTest('rhema-client-config-')));

  async function ran(input: ClientConfigInput, json = false): Promise<Harness & { readonly code: number }> {
    const harness = new Harness({
      coordinator: new FakeCoordinator({}),
      scopeFiles: {
        patch: patchOf,
        check: checkChanges,
        apply: async ({ root }, changes) => {
          await applyChanges(root, changes);
          return null;
        },
        ignored: async () => new Set(ignored),
      },
    });
    const { ports } = harness;
    const repository = { worktree, mainWorktree: worktree, gitDir: '', commonDir: '', bare: false };
    const world = { ...ports.world, locate: async () => repository };
    const call = new Call({ ...ports, world }, { json }, worktree);
    const code = await clientConfig(call, input).then(
      (outcome) => report(call, outcome),
      (error: unknown) => reportError(call, error),
    );
    return Object.assign(harness, { code });
  }
  const file = (name: string): string => readFileSync(join(worktree, name), 'utf8');

  it('prints nothing but the configuration on standard output, and the rest beside it', async () => {
    const { stdout, stderr, code } = await ran({ clientConfig: 'claude' });
    expect(code).toBe(0);
    expect(namesServer(clients.claude, stdout)).toBe(true);
    expect(stderr).toContain('or run: claude mcp add --scope project rhema -- ');
    expect(stderr).toContain('.mcp.json at the top of the repository');
  });

  it('has all of it in one object with --json', async () => {
    const { stdout, stderr } = await ran({ clientConfig: 'codex' }, true);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      client: 'codex',
      file: '.codex/config.toml',
      content: expect.stringContaining('[mcp_servers.rhema]') as string,
    });
  });

  it('refuses a client that it does not know, and names those that it does', async () => {
    const { stderr, code } = await ran({ clientConfig: 'emacs' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('claude, codex, cursor, vscode, gemini')]);
  });

  it('--dry-run shows a diff, and writes nothing', async () => {
    const { stdout, code } = await ran({ clientConfig: 'codex', dryRun: true });
    expect([code, stdout]).toEqual([0, expect.stringContaining('+[mcp_servers.rhema]')]);
    expect(readdirSync(worktree)).toEqual([]);
  });

  it('--write makes the file, and the second time leaves it as it is', async () => {
    expect((await ran({ clientConfig: 'cursor', write: true })).stdout).toContain('wrote .cursor/mcp.json');
    const first = file('.cursor/mcp.json');
    expect(namesServer(clients.cursor, first)).toBe(true);
    expect((await ran({ clientConfig: 'cursor', write: true })).stdout).toContain('starts it already');
    expect(file('.cursor/mcp.json')).toBe(first);
  });

  it('--write says whom it works for, and that Git ignores the file where it does', async () => {
    ignored = ['.codex/config.toml'];
    const told = await ran({ clientConfig: 'codex', write: true });
    expect(told.stdout).toMatch(
      /^wrote [^]*\nit is started by its path on this machine, [^]*\n.* is ignored by Git: /,
    );
    const { stdout } = await ran({ clientConfig: 'claude', write: true }, true);
    expect(JSON.parse(stdout)).toMatchObject({ written: true, ignored: false });
  });

  it.each([
    ['is broken', '{ "mcpServers": '],
    ['starts it in another way', '{ "mcpServers": { "rhema": { "command": "mine" } } }'],
  ])('--write leaves a file alone that %s', async (_what, text) => {
    writeFileSync(join(worktree, '.mcp.json'), text);
    const { code, stderr } = await ran({ clientConfig: 'claude', write: true });
    expect([code, file('.mcp.json')]).toEqual([3, text]);
    expect(stderr).toContain('change it by hand');
  });

  const both: readonly ClientConfigInput[] = [
    { clientConfig: 'codex', write: true },
    { clientConfig: 'codex', dryRun: true },
  ];

  it.each([
    [
      'a symlink that leads nowhere',
      'remove it first',
      () => symlinkSync('nowhere', join(worktree, '.codex')),
    ],
    ['no folder', 'remove it first', () => writeFileSync(join(worktree, '.codex'), '')],
  ])('names the folder of the file where it is %s, written or not', async (what, remedy, take) => {
    take();
    for (const input of both) {
      const { code, stderr } = await ran(input);
      expect([code, stderr]).toEqual([1, expect.stringMatching(`\\.codex is ${what}: .*${remedy}`)]);
    }
  });

  it.each([
    ['a folder', () => mkdirSync(join(worktree, '.codex/config.toml'), { recursive: true })],
    [
      'a pipe',
      () => {
        mkdirSync(join(worktree, '.codex'));
        makePipe(join(worktree, '.codex/config.toml'), 'x');
      },
    ],
  ])('names the file and a remedy where it is %s, written or not', async (_what, take) => {
    take();
    for (const input of both) {
      const { code, stderr } = await ran(input);
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(/\.codex\/config\.toml cannot be read: .*; make it a file/),
      ]);
    }
  });

  it('leaves a file outside of the repository alone, wherever a symlink leads, and shows nothing of it', async () => {
    const outside = folderOfTest('rhema-outside-');
    const theirs = join(outside, 'config.toml');
    writeFileSync(theirs, 'token = "secret"\n');
    mkdirSync(join(worktree, '.codex'));
    symlinkSync(theirs, join(worktree, '.codex/config.toml'));
    for (const input of both) {
      const { code, stdout, stderr } = await ran(input);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('.codex/config.toml leads out of the working tree');
    }
    expect(readFileSync(theirs, 'utf8')).toBe('token = "secret"\n');
  });

  it('refuses to write and not to write', async () => {
    expect((await ran({ clientConfig: 'claude', write: true, dryRun: true })).code).toBe(2);
  });
});

describe('times for the server', () => {
  const harness = (): Harness => new Harness({ coordinator: new FakeCoordinator({}) });
  const printed = ['mcp', '--client-config', 'codex'];
  const argsOf = (stdout: string): unknown => {
    const { rhema } = parseToml(stdout)['mcp_servers'] as { rhema: { args: string[] } };
    return rhema.args.slice(rhema.args.indexOf('mcp') + 1);
  };

  it('stand in the entry, and in the command that does the same', async () => {
    const { stdout, stderr } = await harness().run(...printed, '--wait', '30s', '--collect=5m');
    expect(argsOf(stdout)).toEqual(['--wait', '30s', '--collect', '5m']);
    expect(stderr).toMatch(/or run: codex mcp add rhema -- .* mcp --wait 30s --collect 5m /);
  });

  it('do not stand there where none were chosen', async () => {
    expect(argsOf((await harness().run(...printed)).stdout)).toEqual([]);
  });

  it('are refused before they get there when a server would refuse them', async () => {
    const { code, stdout, stderr } = await harness().run(...printed, '--wait', '10m');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--wait 10m: at most 50 s');
  });
});
