import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import { CoordinatorError, type RefreshReport } from '../../protocol/index.ts';
import { Call } from '../call.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { createStyle } from '../format/style.ts';
import { Harness } from '../testing/harness.ts';
import { yamlProblem } from '../testing/samples.ts';
import { reportText, tellCoordinator } from './coordinator-refresh.ts';

const report: RefreshReport = {
  revision: asRevision(7),
  accepted: true,
  scopes: 2,
  problems: [],
  atMs: asTimeMs(0),
};

describe('telling the coordinator that runs', () => {
  const told = async (
    refresh: () => Promise<RefreshReport | null>,
  ): Promise<{ readonly answer: RefreshReport | null; readonly stderr: string }> => {
    const harness = new Harness({ coordinator: new FakeCoordinator({}), owner: { refresh } });
    const answer = await tellCoordinator(new Call(harness.ports, {}, '/repo'));
    return { answer, stderr: harness.stderr };
  };

  it('gives its report, and nothing where none runs', async () => {
    expect(await told(async () => report)).toEqual({ answer: report, stderr: '' });
    expect(await told(async () => null)).toEqual({ answer: null, stderr: '' });
  });

  it('is no failure when it cannot be told, and says how to do it later', async () => {
    const gone = new CoordinatorError('UNAVAILABLE', 'it does not answer', { retryable: true });
    expect(await told(() => Promise.reject(gone))).toEqual({
      answer: null,
      stderr: 'the coordinator that runs was not told: it does not answer; rhema scope refresh tells it\n',
    });
  });

  it('has nothing to say where coordination is switched off', async () => {
    const disabled = new CoordinatorError('DISABLED', 'switched off');
    expect(await told(() => Promise.reject(disabled))).toEqual({ answer: null, stderr: '' });
  });
});

describe('what people are told of its report', () => {
  const plain = createStyle({ color: false, columns: null });
  const problems = [yamlProblem];
  const line = 'api/rhema.yaml:4:9: error: a tab (YAML_SYNTAX)';

  it.each([
    ['nothing where none runs', null, ''],
    ['nothing when the graph was taken', report, ''],
    [
      'nothing of mere warnings, which were told before',
      { ...report, problems: [{ ...yamlProblem, severity: 'warning' as const }] },
      '',
    ],
    [
      'that the last good graph stays when it was refused',
      { ...report, accepted: false, problems },
      `the scope files are unsound: the last good graph stays in force\n${line}`,
    ],
    [
      'that a part is missing when a file is broken',
      { ...report, problems },
      `the scope files are unsound: 2 scopes in force, without what is broken\n${line}`,
    ],
  ])('is %s', (_title, told, text) => {
    expect(reportText(plain, told)).toBe(text);
  });
});
