import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { canonicalText } from './canonical.ts';
import { modelOf } from './model.ts';
import { loadSlice, parseConstants } from './slice.ts';
import type { World } from './world.ts';

/** The canonical text after these labels, one by one. */
function after(name: string, labels: readonly string[]): string {
  const slice = loadSlice(name);
  const model = modelOf(core, slice);
  let [world] = model.initial;
  for (const label of labels) {
    const steps: { label: string; target: World }[] = world === undefined ? [] : [...model.actions(world)];
    const step = steps.find((possible) => possible.label === label);
    if (step === undefined)
      throw new Error(`${label} is not possible, but ${steps.map((s) => s.label).join(' ')}`);
    world = step.target;
  }
  if (world === undefined) throw new Error(`${name} has no initial state`);
  return canonicalText(slice, world);
}

describe('the canonical text of a state', () => {
  it('is written as the page on the abstraction shows it', () => {
    const acquired = ['AcquireLock(a1,s1,wait)', 'Tick', 'AcquireLock(a2,s1,wait)'];
    expect(after('Locks22c2', acquired)).toBe('w.~.~;b.~.~|u;u|a1.2.~.~;-|a2:s1.2|=;=|i.~.0.~;i.~.0.~|-;-|');
  });

  it('shows what is left of sessions, and who is down', () => {
    expect(after('Sessions21', [])).toBe('-;-|d;d|-||=|i.~.0.~|-|');
    expect(after('Sessions21', ['AgentJoin(a1)', 'Tick', 'Crash(a1)'])).toBe('i.1.~;-|d;d|-||=|i.~.0.~|-|');
    expect(after('Sessions21', ['AgentJoin(a1)', 'Tick', 'Tick', 'ExpireDue'])).toBe(
      'L;-|u;d|-||=|i.~.0.~|-|',
    );
  });

  it('counts a contended hold down beside the lease', () => {
    const contended = ['AcquireLock(a1,s1,wait)', 'AcquireLock(a2,s1,wait)', 'Tick'];
    expect(after('Hold21', contended)).toContain('|a1.1.2.~|');
    expect(after('Hold21', [...contended, 'Heartbeat(a1)'])).toContain('|a1.2.2.~|');
  });

  it('shows requests and changed places', () => {
    expect(after('Requests21', ['AcquireLock(a1,s1,now,r1)'])).toMatch(/\|r1=AcquireLock\.a1$/);
    expect(after('Configure32', ['Configure(3)'])).toMatch(/\|places=3$/);
    expect(after('Configure32', ['Configure(3)', 'Configure(2)'])).toMatch(/\|$/);
  });
});

describe('reading a configuration of TLC', () => {
  it('refuses one in which a constant is missing or is no number', () => {
    expect(() => parseConstants('MaxConcurrent = 2')).toThrow('Agent');
    expect(() =>
      parseConstants(
        'Agent = {"a1"}\nScope = {}\nFile = {}\nResource = {}\nCapacity = 1\nMaxConcurrent = many',
      ),
    ).toThrow('many');
  });
});
