import { describe, expect, it } from 'vitest';
import { asTimeMs } from '../../core/index.ts';
import { startMs } from '../testing/harness.ts';
import { machinesIn, type Anchor, type Machines } from './machines.ts';
import { about, factsOf, finding, known, status } from './testing/samples.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Bound so long ago to the clock of a machine that has run for so long by then. */
const anchor = (agoMs: number, machine: string, boot: string, upMs = 100 * hour): Anchor => ({
  atMs: asTimeMs(startMs - agoMs),
  host: `${machine}/id-of-${machine}`,
  boot,
  offsetMs: startMs - agoMs - upMs,
});

const found = (...newestFirst: readonly Anchor[]): Machines | null => machinesIn(newestFirst, startMs);

describe('one machine is found', () => {
  it.each<readonly [string, readonly Anchor[]]>([
    ['that was bound once', [anchor(hour, 'here', 'b1')]],
    ['that slept', [anchor(hour, 'here', 'b1'), anchor(3 * hour, 'here', 'b1')]],
    ['that was booted anew', [anchor(hour, 'here', 'b2', minute), anchor(3 * hour, 'here', 'b1')]],
    [
      'that was booted anew within minutes, under another name, as a container is',
      [anchor(minute, 'c2', 'b2', minute / 2), anchor(9 * minute, 'c1', 'b1')],
    ],
    [
      'that does not tell its boot, so that each process has one of its own',
      [anchor(minute, 'mac', 'unknown/3'), anchor(2 * minute, 'mac', 'unknown/2')],
    ],
    ['where the log was moved long after', [anchor(hour, 'new', 'b2'), anchor(30 * hour, 'old', 'b1')]],
    [
      'where it went to and fro weeks ago',
      [anchor(hour, 'a', 'b1'), anchor(200 * hour, 'b', 'b2'), anchor(201 * hour, 'a', 'b1')],
    ],
  ])('%s', (_what, anchors) => {
    expect(found(...anchors)).toBeNull();
  });
});

describe('several are found', () => {
  it('where a boot comes back after another one', () => {
    const anchors = [
      anchor(minute, 'a', 'b1'),
      anchor(9 * hour, 'b', 'b2', minute),
      anchor(30 * hour, 'a', 'b1'),
    ];
    expect(found(...anchors)).toEqual({ hosts: ['a', 'b'], byTurns: true, atMs: startMs - minute });
  });

  it('also where one of them does not tell its boot', () => {
    const anchors = [anchor(1, 'vm', 'b1'), anchor(2, 'mac', 'unknown/2'), anchor(3, 'vm', 'b1')];
    expect(found(...anchors)).toMatchObject({ hosts: ['vm', 'mac'], byTurns: true });
  });

  it('where one ran already when the other bound the log, minutes before', () => {
    const anchors = [anchor(minute, 'a', 'b1'), anchor(9 * minute, 'b', 'b2')];
    expect(found(...anchors)).toEqual({ hosts: ['a', 'b'], byTurns: false, atMs: startMs - minute });
  });
});

describe('the doctor', () => {
  const told = (machines: Machines) =>
    about(
      'machines',
      factsOf({}, { coordination: known({ status, withdrawn: [], clockJumps: 0, machines }) }),
    );
  const atMs = asTimeMs(startMs - 2 * minute);

  it('names machines that take turns, what it costs, and what to do', () => {
    const [turns] = told({ hosts: ['a', 'b'], byTurns: true, atMs });
    expect([turns]).toMatchObject(finding('warning', 'a, b use this log by turns, last changed 2 min ago'));
    expect(turns).toMatchObject({ message: expect.stringContaining('starts every lease anew') });
    expect(turns?.remedy).toContain('work in a clone');
  });

  it('names several clocks of one name', () => {
    const message = 'several clocks of a use this log by turns';
    expect(told({ hosts: ['a'], byTurns: true, atMs })).toMatchObject(finding('warning', message));
  });

  it('tells that the log went over once, which may have been on purpose', () => {
    const once = told({ hosts: ['a', 'b'], byTurns: false, atMs });
    expect(once).toMatchObject(finding('warning', 'went over from one machine to another 2 min ago'));
    expect(once[0]?.remedy).toContain('where the repository was moved');
  });
});
