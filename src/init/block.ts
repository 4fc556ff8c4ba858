import { isDeepStrictEqual } from 'node:util';
import { configBlock } from '../config/index.ts';
import type { Stage } from './stage.ts';
import { blockKeys, limitsOf, type RaisedLimits } from './limits.ts';
import { YamlText } from './yaml-splice.ts';

type Section = readonly (readonly [key: string, value: boolean | number | Section])[];

function sectionOf(stage: Stage, raised: RaisedLimits): Section {
  return [['enabled', true], ...limitsOf(raised), ...stageSections[stage]];
}

const stageSections: { readonly [S in Stage]: Section } = {
  optional: [
    [
      'safety_validation',
      [
        ['strict_mode', false],
        ['auto_recovery', false],
      ],
    ],
    ['sync_settings', [['auto_sync', false]]],
  ],
  default: [],
  strict: [['safety_validation', [['strict_mode', true]]]],
};

const stageRemarks: { readonly [S in Stage]: string } = {
  optional: 'Stage optional: reports only; nothing is blocked, repaired or synced by itself.',
  default: 'Stage default: reports, repairs what has a safe repair, and syncs by itself.',
  strict: 'Stage strict: what breaks the rules is blocked.',
};

/** The block as lines at the first column. */
export function blockLines(stage: Stage, raised: RaisedLimits): string[] {
  const heading = `# ${stageRemarks[stage]} See: rhema config explain`;
  return [heading, `${configBlock}:`, ...sectionLines(sectionOf(stage, raised), '  ')];
}

function sectionLines(section: Section, indent: string): string[] {
  return section.flatMap(([key, value]) =>
    typeof value === 'object'
      ? [`${indent}${key}:`, ...sectionLines(value, `${indent}  `)]
      : [`${indent}${key}: ${value}`],
  );
}

function flowText(section: Section): string {
  const entries = section.map(
    ([key, value]) => `${key}: ${typeof value === 'object' ? flowText(value) : String(value)}`,
  );
  return `{ ${entries.join(', ')} }`;
}

/** Whether a root scope's file has the block. */
export function hasBlock(text: string): boolean {
  return blockKeys(new YamlText(text)) !== null;
}

/**
 * The text of a root scope's file with the block added at its end. Null when the text has a form in which nothing can be
 * added for certain; a second reading makes sure that everything else still means the same.
 */
export function withBlock(text: string, stage: Stage, raised: RaisedLimits): string | null {
  return withTopKey(text, configBlock, blockLines(stage, raised), flowText(sectionOf(stage, raised)));
}

/** `lines`: the key in block form; `flow`: its value in a map in braces. */
export function withTopKey(text: string, key: string, lines: readonly string[], flow: string): string | null {
  const yaml = new YamlText(text);
  if (yaml.problem !== null) return null;
  const before = yaml.value;
  for (const spaced of [['', ...lines], lines]) {
    const after = yaml.withKey(spaced, `${key}: ${flow}`);
    if (after === null) return null;
    const { [key]: added, ...rest } = after.value as Readonly<Record<string, unknown>>;
    if (added !== undefined && isDeepStrictEqual(rest, before)) return after.text;
  }
  return null;
}
