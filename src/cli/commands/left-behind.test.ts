import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../test/support/refusal.ts';
import type { FakeChild } from '../testing/harness.ts';
import { Running, underCore } from '../testing/running.ts';

const works = [
  { pid: 12, name: 'sleep' },
  { pid: 13, name: 'sh\n' },
];

/** The command of a run has ended, and left something behind. */
async function afterItsCommand(
  running = new Running(underCore),
): Promise<{ readonly running: Running; readonly child: FakeChild }> {
  const child = await running.child();
  child.leftBehind = works;
  child.end({ kind: 'exited', code: 7 });
  await running.harness.clock.advance(0);
  return { running, child };
}

describe('what a command leaves behind', () => {
  it('is named, and keeps the lock, which is renewed, until it has ended; the code is that of the command', async () => {
    const { running, child } = await afterItsCommand();
    await running.harness.clock.advance(120_000);
    expect([running.kinds.at(-1), child.isTied, child.signals]).toEqual(['Heartbeat', true, []]);
    expect(running.harness.stderr).toBe(
      'rhema: make has ended, but what it has started works on: 12 (sleep), 13 (sh\\n); src/core stays locked until that has ended, too (Ctrl-C, or kill 4711, ends it)\n',
    );
    child.leftBehind = [];
    await running.harness.clock.advance(500);
    expect((await running.ended).code).toBe(7);
    expect([running.kinds.at(-1), child.isTied]).toEqual(['AgentLeave', false]);
  });

  it('is counted where it is much', async () => {
    const { running, child } = await afterItsCommand();
    child.leftBehind = [...works, ...works, ...works];
    await running.harness.clock.advance(1_000);
    expect(running.harness.stderr).toContain('12 (sleep), 13 (sh\\n), 12 (sleep) and 3 more; src/core');
    child.leftBehind = [];
    await running.harness.clock.advance(500);
    await running.ended;
  });

  it('is not worth a word where it ends in the same moment', async () => {
    const { running, child } = await afterItsCommand();
    await running.harness.clock.advance(100);
    child.leftBehind = [];
    await running.harness.clock.advance(100);
    expect(await running.ended).toMatchObject({ code: 7, stderr: '' });
  });

  it('is told to end by Ctrl-C, and ended by force where it does not end soon', async () => {
    const { running, child } = await afterItsCommand();
    running.harness.raise('SIGINT');
    expect(child.signals).toEqual(['SIGTERM']);
    await running.harness.clock.advance(4_000);
    expect(child.signals).toEqual(['SIGTERM']);
    await running.harness.clock.advance(2_000);
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect((await running.ended).code).toBe(7);
  });

  it('is ended by force at once by a second Ctrl-C', async () => {
    const { running, child } = await afterItsCommand();
    running.harness.raise('SIGINT');
    running.harness.raise('SIGINT');
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    await running.harness.clock.advance(500);
    expect((await running.ended).code).toBe(7);
  });

  it.each([
    ['SIGTERM', false, 0, true],
    ['SIGINT', false, 0, true],
    ['SIGINT', true, 130, true],
    // Ctrl-C within an editor, which has ended much later.
    ['SIGINT', true, 0, false],
  ] as const)(
    'by %s (on a terminal: %j) to a command that ends with %i is ended: %j',
    async (signal, terminal, code, isEnded) => {
      const running = new Running(underCore, {}, { terminal });
      const child = await running.child();
      running.harness.raise(signal);
      child.leftBehind = works;
      child.end({ kind: 'exited', code });
      await running.harness.clock.advance(1_000);
      expect(child.signals.includes('SIGTERM')).toBe(isEnded);
      expect(running.harness.stderr.includes('works on')).toBe(!isEnded);
      child.leftBehind = [];
      await running.harness.clock.advance(500);
      expect((await running.ended).code).toBe(code);
    },
  );

  /** The lease is lost with its second renewal. */
  async function losing(
    words = underCore,
  ): Promise<{ readonly running: Running; readonly child: FakeChild }> {
    const lost = refusalOf('AGENT_LOST', 'bob was lost');
    let beats = 0;
    const running: Running = new Running(words, {
      heartbeat: () => ((beats += 1) > 1 ? lost : running.renewed()),
    });
    return afterItsCommand(running);
  }

  it('is ended as the command would be when the lease is lost', async () => {
    const { running, child } = await losing();
    await running.harness.clock.advance(20_500);
    expect(child.signals).toEqual(['SIGTERM']);
    await running.harness.clock.advance(1_500);
    expect(child.signals.slice(0, 2)).toEqual(['SIGTERM', 'SIGKILL']);
    expect((await running.ended).code).toBe(1);
  });

  it('is not waited for without the lease with --no-kill-on-loss', async () => {
    const { running, child } = await losing(['--no-kill-on-loss', ...underCore]);
    await running.harness.clock.advance(21_000);
    expect((await running.ended).code).toBe(1);
    expect(child.signals).toEqual([]);
  });
});
