import { expect, it } from 'vitest';
import type { Entry } from '../../core/index.ts';
import { ruleNames } from '../../safety/index.ts';
import { logRuleNames } from '../../verify/index.ts';
import { newMetrics } from './serve-metrics.ts';

const began = (rule: string): Entry =>
  ({ events: [{ kind: 'violation.began', type: 'LockConsistency', rule }] }) as unknown as Entry;

const sources: Parameters<ReturnType<typeof newMetrics>['page']>[0] = {
  figures: () => Promise.reject(new Error('not asked')),
  checks: () => Promise.reject(new Error('not asked')),
  health: () => Promise.resolve({ ok: true, firstRevision: 1, connections: 0 }),
  logBytes: () => 0,
  streams: () => 0,
};

it('each rule of the files and of the log is counted by its own name', async () => {
  const metrics = newMetrics('1.2.3');
  const rules = [...ruleNames, ...logRuleNames, 'LOG_BEGUN_ANEW'];
  metrics.entered([...new Set(rules)].map(began));
  const { text } = await metrics.page(sources);
  for (const rule of rules)
    expect(text).toContain(`rhema_violations_total{type="LockConsistency",rule="${rule}"} 1\n`);
});
