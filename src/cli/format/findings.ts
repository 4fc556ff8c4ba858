/** Findings of `rhema safety`, for people, for SARIF and for GitHub Actions. */
import type { Finding } from '../../safety/index.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { fitted } from './width.ts';

/** `api/rhema.yaml:4:9: error: ...`, as compilers say it; empty when there are none. What is in a file at a place says itself what to do. */
export function findingsText(style: Style, findings: readonly Finding[]): string {
  return findings
    .flatMap((finding) => [
      findingText(style, finding),
      ...(finding.saysRemedy === true ? [] : [fitted(style, line`  ${finding.remedy}`)]),
    ])
    .join('\n');
}

function findingText(style: Style, finding: Finding): string {
  const { severity, evidence, rule } = finding;
  const word = style.paint(severity === 'error' ? 'bad' : 'warn', severity);
  return fitted(style, line`${placeOf(finding)}` + `: ${word}: ` + line`${evidence} (${rule})`);
}

const placeOf = ({ file, line: at, column, subject }: Finding): string =>
  file === null ? subject : [file, at, column].filter((part) => part !== null).join(':');

const messageOf = ({ evidence, remedy, saysRemedy }: Finding): string =>
  saysRemedy === true ? evidence : `${evidence}. Remedy: ${remedy}`;

const sarifSchema =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** One run of SARIF 2.1.0, with each rule that was broken once. */
export function sarifOf(findings: readonly Finding[], version: string): Readonly<Record<string, unknown>> {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()];
  const indexOf = new Map(rules.map(({ rule }, index) => [rule, index]));
  const driver = {
    name: 'rhema',
    version,
    rules: rules.map(({ rule, type, remedy }) => ({
      id: rule,
      shortDescription: { text: `${type}: ${rule}` },
      help: { text: remedy },
      properties: { type },
    })),
  };
  const results = findings.map((finding) => ({
    ruleId: finding.rule,
    ruleIndex: indexOf.get(finding.rule),
    level: finding.severity,
    message: { text: messageOf(finding) },
    locations: [locationOf(finding)],
  }));
  return {
    $schema: sarifSchema,
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}

function locationOf({
  file,
  line: startLine,
  column: startColumn,
  subject,
}: Finding): Readonly<Record<string, unknown>> {
  const logicalLocations = [{ fullyQualifiedName: subject }];
  if (file === null) return { logicalLocations };
  const artifactLocation = { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
  const region =
    startLine === null ? {} : { region: { startLine, ...(startColumn === null ? {} : { startColumn }) } };
  return { physicalLocation: { artifactLocation, ...region }, logicalLocations };
}

/** One workflow command of GitHub Actions for each finding. */
export function annotationsOf(findings: readonly Finding[]): string[] {
  return findings.map((finding) => {
    const { severity, file, line: at, column, subject, type, rule } = finding;
    const properties: readonly (readonly [string, string | number | null])[] = [
      ['file', file],
      ['line', at],
      ['col', column],
      ['title', `${type}: ${rule}`],
    ];
    const written = properties.flatMap(([name, value]) =>
      value === null ? [] : [`${name}=${escapedProperty(String(value))}`],
    );
    const about = file === null && subject !== '*' ? `${subject}: ` : '';
    return `::${severity} ${written.join(',')}::${escapedMessage(`${about}${messageOf(finding)}`)}`;
  });
}

const escapedMessage = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapedProperty = (text: string): string =>
  escapedMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
