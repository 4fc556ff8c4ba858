import { patternLengthMax, patternsMax, type Settings } from '../core/index.ts';
import type { ConfigEntry, ConfigOrigin, LoadedConfig } from './loaded.ts';
import { isSetting, options, optionOf } from './options.ts';
import type { Option } from './option.ts';
import { formatDuration } from './duration.ts';
import { formatValue } from './values.ts';

/** Every option with the value in force and where it came from, in the order of the table: `config show`. */
export function configEntries({ config, origins }: LoadedConfig): ConfigEntry[] {
  return options.map((option) => ({
    key: option.key,
    value: config[option.field],
    text: formatValue(option, config[option.field]),
    origin: originText(origins[option.field]),
    inForce: true,
    stillInForce: null,
  }));
}

/** The same beside the settings that a coordinator decides by, which may be of another file than the one that is there now. */
export function besideSettings(entries: readonly ConfigEntry[], settings: Settings): ConfigEntry[] {
  return entries.map((entry) => {
    const option = optionOf(entry.key);
    if (option === null || !isSetting(option.field)) return entry;
    const stillInForce = formatValue(option, settings[option.field]);
    return stillInForce === entry.text ? entry : { ...entry, inForce: false, stillInForce };
  });
}

function originText(origin: ConfigOrigin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return `environment ${origin.variable}`;
  }
}

/** What `config explain KEY` prints, or null for an unknown key. The block's name may be left out. */
export function explainOption(key: string): string | null {
  const option = optionOf(key) ?? optionOf(`agent_coordination.${key}`);
  if (option === null) return null;
  const lines = [
    option.key,
    '',
    option.help,
    '',
    `type     ${typeText(option)}`,
    `default  ${defaultText(option)}`,
    `allowed  ${allowedText(option)}`,
  ];
  lines.push('set in   the rhema.yaml of the top folder:', ...keyLines(option));
  if (option.environment !== null) lines.push(`set by   ${option.environment} as well`);
  return lines.join('\n');
}

/** As it would stand in the file. */
function keyLines(option: Option): string[] {
  const steps = option.key.split('.');
  return steps.map((step, index) => {
    const value =
      index === steps.length - 1 ? ` ${'example' in option ? option.example : defaultText(option)}` : '';
    return `${' '.repeat(11 + 2 * index)}${step}:${value}`;
  });
}

function typeText(option: Option): string {
  switch (option.type) {
    case 'duration':
      return 'duration (seconds, or 500ms, 90s, 5m, 1m40s, 2h, 7d)';
    case 'patterns':
      return 'list of patterns (*, ** and {a,b}; without a slash a name in any folder)';
    case 'resources':
      return 'names, each with {} or { capacity: 10 }';
    case 'scopes':
      return 'scopes by their folders';
    default:
      return option.type;
  }
}

function defaultText(option: Option): string {
  return formatValue(option, option.default as never);
}

function allowedText(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return 'true, false';
    case 'choice':
      return option.choices.join(', ');
    case 'count':
      return `${option.minimum} to ${option.maximum}`;
    case 'resources':
      return 'names with capacities';
    case 'duration':
      return `${formatDuration(option.minimum)} to ${formatDuration(option.maximum)}`;
    case 'patterns':
      return `up to ${patternsMax} of ${patternLengthMax} letters each`;
    case 'scopes':
      return 'folders of the repository';
  }
}

const introduction = `# Configuration

Generated from the table in \`src/config/options.ts\`; a test fails when they differ, and
\`npx vitest run src/config --update\` writes it anew.

Options are read from the \`agent_coordination\` block of the root scope's file (\`rhema.yaml\` or \`.rhema/rhema.yaml\` in the
top folder). An environment variable, where one is named, overrides the file. \`rhema config show\` tells which value
is in force and where it came from, also where a coordinator that runs still has another one, and \`rhema config check\`
what is wrong with the file.

A duration is a number of seconds, or a number with a unit: \`500ms\`, \`90s\`, \`5m\`, \`2h\`, \`7d\`; or several: \`1m40s\`.

A pattern is a path from the top folder, in which \`*\` and \`?\` stand for letters within a name, \`**\` for any number of folders
(at the end: for all that lies below), and \`{a,b}\` for one of several texts. Without a slash it fits a name in any folder: \`*.lock\`,
\`fixtures\`. Who names a folder means all that is in it; a slash at the end says that no file is meant, one at the beginning that
only the top folder is. Upper and lower case count; square brackets are letters. Quote in YAML what begins with a star or a brace.

Options marked "logged" are part of the coordination state: a change of them is an entry in the log, so that a replay
decides as the original did. A looser value takes effect at once; a tighter one when nothing is held, waited for or synced,
since whoever holds or waits was promised something under the former. Until then \`rhema status\` names it.
`;

/** The text of docs/config.md: one table, then one paragraph for each option. */
export function configReference(): string {
  const rows = options.map((option) => [
    `\`${option.key}\``,
    option.type,
    defaultText(option),
    allowedText(option),
    markOf(option),
  ]);
  const sections = options.map(sectionText);
  return [introduction, markdownTable(['Key', 'Type', 'Default', 'Allowed', ''], rows), ...sections].join(
    '\n',
  );
}

function markOf({ field }: Option): string {
  return isSetting(field) ? 'logged' : '';
}

function sectionText(option: Option): string {
  const environment =
    option.environment === null ? '' : `\nThe environment variable \`${option.environment}\` overrides it.\n`;
  const example =
    'example' in option
      ? [
          '',
          '```yaml',
          'agent_coordination:',
          `  ${lastStep(option.key)}: ${option.example}`,
          '```',
          '',
        ].join('\n')
      : '';
  return `## \`${option.key}\`\n\n${option.help}\n${example}${environment}`;
}

function lastStep(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}
