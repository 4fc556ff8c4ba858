import { describe, expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import type { Printed } from '../../hooks/index.ts';
import type { Time } from '../../time/index.ts';
import { processPorts } from '../process/process-ports.ts';
import { rhemaIn } from '../testing/direct.ts';
import { held, Session, shopFiles } from '../testing/hook-session.ts';
import { serveHook } from './serve-hook.ts';

function shop(wait: string): string {
  const root = makeRepository(shopFiles(`  claim_wait: ${wait}\n`));
  commitAll(root);
  return root;
}

const queued = async (root: string): Promise<void> => {
  await expect
    .poll(async () => (await rhemaIn(root, 'lock', 'list', '--json')).stdout)
    .toContain('"queueLength":1');
};

/** An edit whose hook has been asked for too long when the test says so. */
function editUnderPatience(root: string): { waiting: Promise<Printed>; endPatience: () => void } {
  const deadlineMs = 4_567;
  const ports = processPorts();
  let endPatience = (): void => undefined;
  const clock: Time = {
    ...ports.clock,
    schedule: (ms, run) => {
      if (ms !== deadlineMs) return ports.clock.schedule(ms, run);
      endPatience = run;
      return () => undefined;
    },
  };
  const payload = {
    hook_event_name: 'PreToolUse',
    session_id: 'two',
    cwd: root,
    tool_name: 'Edit',
    tool_input: { file_path: 'api/a.ts' },
  };
  const words = { client: 'claude', event: null } as const;
  const options = { direct: true, deadlineMs };
  const waiting = serveHook({ ...ports, clock, cwd: root }, words, JSON.stringify(payload), options);
  return { waiting, endPatience: () => endPatience() };
}

describe('an edit of what another agent holds, where agents wait a little (claim_wait)', () => {
  test('goes on when its turn comes, and gives back as what the hook has locked itself', async () => {
    const root = shop('20s');
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    const waiting = two.before('api/a.ts');
    await queued(root);
    await one.say('SessionEnd');
    expect(await waiting).toMatchObject({ code: 0, told: '' });
    expect(await held(root)).toHaveLength(1);
    await two.say('Stop');
    expect(await held(root)).toEqual([]);
  });

  test('is refused all the same where the file changed meanwhile', async () => {
    const root = shop('20s');
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await two.before('api/a.ts', 'Read');
    await one.before('api/a.ts');
    const waiting = two.before('api/a.ts');
    await queued(root);
    write(root, { 'api/a.ts': 'of one\n' });
    await one.after('api/a.ts');
    commitAll(root);
    await one.say('SessionEnd');
    expect(await waiting).toMatchObject({
      code: 2,
      told: expect.stringContaining('changed since you read it') as string,
    });
  });

  test('is refused where its turn does not come by then, and nobody waits any more', async () => {
    const root = shop('100ms');
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    const { code, told } = await two.before('api/a.ts');
    expect([code, told]).toEqual([2, expect.stringMatching(/^rhema: not written, api\/a\.ts is held by/)]);
    expect((await rhemaIn(root, 'lock', 'list', '--json')).stdout).toContain('"queueLength":0');
  });

  test('may take longer than the answer of a hook may', async () => {
    const root = shop('20s');
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    const { waiting, endPatience } = editUnderPatience(root);
    await queued(root);
    endPatience();
    await one.say('SessionEnd');
    expect(await waiting).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(await held(root)).toHaveLength(1);
  });
});
