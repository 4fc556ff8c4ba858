import { isDeepStrictEqual } from 'node:util';
import { configBlock } from '../../config/index.ts';
import { blockKeys, limitsOf, type RaisedLimits } from '../graph/limits.ts';
import { YamlText } from './yaml-splice.ts';

type Section = readonly (readonly [key: string, value: boolean | number])[];

/** Options that nothing acts on yet are not written: nobody is to rely on them. */
function sectionOf(raised: RaisedLimits): Section {
  return [['enabled', true], ...limitsOf(raised)];
}

/** The block as lines at the first column. */
export function blockLines(raised: RaisedLimits): string[] {
  const keys = sectionOf(raised).map(([key, value]) => `  ${key}: ${value}`);
  return ['# How agents are coordinated. See: rhema config explain', `${configBlock}:`, ...keys];
}

function flowText(raised: RaisedLimits): string {
  return `{ ${sectionOf(raised)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`;
}

/** Whether a root scope's file has the block. */
export function hasBlock(text: string): boolean {
  return blockKeys(new YamlText(text)) !== null;
}

/**
 * The text of a root scope's file with the block added at its end. Null when the text has a form in which nothing can be
 * added for certain; a second reading makes sure that everything else still means the same.
 */
export function withBlock(text: string, raised: RaisedLimits): string | null {
  return withTopKey(text, configBlock, blockLines(raised), flowText(raised));
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
