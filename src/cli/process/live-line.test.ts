import { describe, expect, it } from 'vitest';
import { Call } from '../call.ts';
import type { GlobalOptions } from '../call.ts';
import { whileTelling } from './live-line.ts';
import { displayWidth } from '../format/width.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import type { HarnessOptions } from '../testing/harness.ts';

/** What is on standard error during work that takes so long, and once it is done. */
async function toldDuring(
  workMs: number,
  over: Partial<HarnessOptions> = { terminal: true },
  options: GlobalOptions = {},
): Promise<{ readonly during: string; readonly after: string }> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), ...over });
  let finish: () => void = () => undefined;
  const work = new Promise<void>((resolve) => (finish = resolve));
  const told = whileTelling(new Call(harness.ports, options, '/repo'), 'looking at what is here', () => work);
  await harness.clock.advance(workMs);
  const during = harness.stderr;
  finish();
  await told;
  await harness.clock.advance(5_000);
  return { during, after: harness.stderr };
}

describe('work that takes long', () => {
  it('is told on one line that goes away', async () => {
    const { during, after } = await toldDuring(1_600);
    expect(during).toBe('\r\u001b[2Klooking at what is here, 0.5 s \r\u001b[2Klooking at what is here, 2 s ');
    expect(after).toBe(`${during}\r\u001b[2K`);
  });

  it('is not told where it is done at once', async () => {
    expect((await toldDuring(499)).after).toBe('');
  });

  it.each([
    ['a pipe', { terminal: false }, {}],
    ['a program', { terminal: true }, { json: true }],
    ['who wants quiet', { terminal: true }, { quiet: true }],
  ])('is not told to %s', async (_who, over, options) => {
    expect((await toldDuring(5_000, over, options)).after).toBe('');
  });

  it('is told on no more than one line of a narrow terminal', async () => {
    const { during } = await toldDuring(600, { terminal: true, columns: 20 });
    expect(displayWidth(during.replace('\r\u001b[2K', ''))).toBeLessThan(20);
  });
});
