import { InsightReader, type Suggestion } from '../../insights/index.ts';
import type { Call } from '../call.ts';
import { insightsText } from '../format/insights.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { whileTelling } from '../process/live-line.ts';
import { logWindow } from './log-window.ts';

export interface InsightsInput {
  readonly since?: string;
}

/** What the log shows of the work, and what would change it. */
export async function showInsights(call: Call, { since }: InsightsInput): Promise<Outcome> {
  const window = await logWindow(call, since);
  const reader = new InsightReader(window.opening);
  await whileTelling(call, 'reading the log', async () => {
    for await (const entry of window.entries()) reader.take(entry);
  });
  const { server } = await call.repository();
  const end = { revision: window.revision, atMs: window.nowMs };
  const insights = reader.result(end, { hasLog: server === undefined });
  const findings = insights.findings.map((finding) => {
    return { ...finding, suggestion: typed(call, finding.suggestion) };
  });
  return done(window.revision, { ...insights, findings }, (style) =>
    insightsText(style, insights, (suggestion) => typed(call, suggestion)),
  );
}

/** As it is typed or written. */
function typed(call: Call, suggestion: Suggestion): Readonly<Record<string, string>> {
  if (suggestion.kind === 'command') return { command: call.rhema(...suggestion.words) };
  const { file, key, value } = suggestion;
  return { file, key, value };
}
