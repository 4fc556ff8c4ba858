import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { jsonHookClients } from '../../../hooks/install/index.ts';
import { folderOfTest } from '../../../../test/support/folder.ts';
import { runCli } from '../../program.ts';
import { FakeCoordinator } from '../../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../../testing/harness.ts';
import { createRealWorld } from '../../world/real-world.ts';

let root: string;

beforeEach(() => {
  root = folderOfTest('rhema-hooks-');
  execFileSync('git', ['init', '-q', root]);
});

async function run(...args: readonly string[]): Promise<Ended> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), env: { PATH: process.env['PATH'] } });
  const { ports } = harness;
  const code = await runCli(args, { ...ports, cwd: root, world: createRealWorld(() => '1.2.3') });
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

const at = (file: string): string => join(root, file);

function put(file: string, text: string): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
}

const textOf = (file: string): string | null =>
  existsSync(at(file)) ? readFileSync(at(file), 'utf8') : null;

describe.each(jsonHookClients)('the hooks of $name', (client) => {
  const { name, file } = client;
  const [event] = client.events;
  const foreign = JSON.stringify(
    client.shape === 'grouped'
      ? { hooks: [{ [client.commandKey]: 'theirs.sh' }] }
      : { [client.commandKey]: 'theirs.sh' },
  );

  const setUps: readonly (readonly [what: string, text: string | null])[] = [
    ['no file', null],
    ['an empty file', ''],
    ['an empty object', '{}'],
    ['an empty object of hooks', '{\n  "theme": "dark",\n  "hooks": { }\n}\n'],
    ['an empty list of an event', `{ "hooks": { "${event!.name}": [] } }`],
    [
      'hooks of others',
      `{\n  "hooks": {\n    "${event!.name}": [\n      ${foreign}\n    ],\n    "Other": []\n  }\n}\n`,
    ],
    [
      'comments',
      `{\n  // mine\n  "hooks": { // all\n    /* a */ "${event!.name}": [ // b\n      ${foreign} // c\n    ] // d\n  } // e\n}\n// f\n`,
    ],
    ['CRLF', `{\r\n  "hooks": {\r\n    "${event!.name}": [\r\n      ${foreign}\r\n    ]\r\n  }\r\n}\r\n`],
    ['tabs', `{\n\t"hooks": {\n\t\t"${event!.name}": [${foreign}]\n\t}\n}`],
    ['trailing commas', `{\n  "hooks": {\n    "${event!.name}": [\n      ${foreign},\n    ],\n  },\n}\n`],
  ];

  it.each(setUps)('come and go without a trace: %s', async (_what, before) => {
    if (before !== null) put(file, before);
    expect((await run('hooks', 'install', name, '--yes')).code).toBe(0);
    const installed = textOf(file);
    expect(installed).toContain(`hook ${name}`);
    expect((await run('hooks', 'install', name, '--yes')).stdout).toContain('is installed already');
    expect(textOf(file)).toBe(installed);
    expect((await run('hooks', 'uninstall', name, '--yes')).code).toBe(0);
    expect(textOf(file)).toBe(before);
    expect(existsSync(dirname(at(file)))).toBe(before !== null);
  });
});
