import type { Series } from '../series.ts';

/** Sets that are too long for a table, by what they are. */
const longSets: Readonly<Record<string, string>> = {
  code: 'the code of a refusal',
  kind: 'a kind of command or of question',
  method: 'a method of HTTP',
  route: 'the pattern of a path',
  rule: 'an invariant, or a rule of files and of the log',
  status: 'a status of HTTP',
  verdict: '`allowed`, `free` (needs no lock), or the code of what stands in the way',
  version: 'of the package',
};
const listedMax = 6;

/** The table of docs/monitoring.md, in Markdown. */
export function seriesTable(series: readonly Series[]): string {
  const rows = series.map(({ name, type, help, labels }) => {
    const said = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${valuesOf(label, values)}`);
    return `| \`${name}\` | ${type} | ${said.join('; ')} | ${help} |`;
  });
  return ['| series | type | labels | what |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function valuesOf(label: string, values: readonly string[]): string {
  const known = longSets[label];
  if (known !== undefined && (values.length > listedMax || label === 'version')) return known;
  return values.map((value) => `\`${value}\``).join(', ');
}
