import { isDeepStrictEqual } from 'node:util';
import { configBlock, patternText } from '../../config/index.ts';
import { blockKeys, limitsOf, type RaisedLimits } from '../graph/limits.ts';
import { stageSettings, type Stage } from '../stage.ts';
import { settingLines, type ValueSetting } from './settings.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** What a new block says of the repository that it is for. */
export interface Proposal {
  readonly stage: Stage;
  readonly maxLocksPerAgent: number;
  /** Why so many. */
  readonly locksReason: string;
  readonly maxConcurrentAgents: number;
  /** Folders that become no scopes. */
  readonly exclude: readonly string[];
  /** Files that need no lock. */
  readonly free: readonly string[];
}

interface Setting {
  readonly key: string;
  readonly value: string;
  /** A remark above it; null: none. */
  readonly reason: string | null;
  /** A remark behind it. */
  readonly note?: string;
  /** One below the other, where they are several. */
  readonly items: readonly string[];
  /** Of a section, in the place of a value. */
  readonly below?: readonly string[];
}

/** What is as it would be without being said is not written, but whether coordination is on. */
function settingsOf(raised: RaisedLimits, proposal: Proposal): Setting[] {
  const plain = (key: string, value: string, reason: string | null = null): Setting => ({
    key,
    value,
    reason,
    items: [],
  });
  const { stage, maxLocksPerAgent, locksReason, maxConcurrentAgents, exclude, free } = proposal;
  return [
    { ...plain('enabled', String(stage !== 'optional')), note: enabledNote },
    plain('max_locks_per_agent', String(maxLocksPerAgent), locksReason),
    plain('max_concurrent_agents', String(maxConcurrentAgents), agentsReason),
    ...limitsOf(raised).map(([key, value]) => plain(key, String(value))),
    ...listOf('exclude', exclude, excludeReason),
    ...listOf('free', free, freeReason),
    ...stageSettings(stage, () => undefined)
      .filter(({ key }) => key !== 'enabled')
      .map(sectionOf),
  ];
}

function sectionOf(setting: ValueSetting): Setting {
  const [section = '', key = ''] = setting.key.split('.');
  const below = settingLines([{ ...setting, key }]);
  return { key: section, value: `{ ${below.join(', ')} }`, reason: strictReason, items: [], below };
}

const enabledNote = 'false: nothing is locked here, and nobody waits';
const strictReason = 'true: what breaks a rule in the working tree blocks; false: it is reported.';
const agentsReason = 'How many may hold locks at the same time; one more waits.';
const excludeReason = 'What lies in these folders makes no scopes: it belongs to the scope around it.';

const freeReason = 'Every change may touch these files, or makes one: they need no lock.';

function listOf(key: string, patterns: readonly string[], reason: string): Setting[] {
  const items = patterns.map(patternText);
  return items.length === 0 ? [] : [{ key, value: `[${items.join(', ')}]`, reason, items }];
}

/** The remark above it. */
export const blockHeading = '# How agents are coordinated. See: rhema config explain';

/** The block as lines at the first column. */
export function blockLines(raised: RaisedLimits, proposal: Proposal): string[] {
  const lines = settingsOf(raised, proposal).flatMap(({ key, value, reason, items, note, below }) => {
    const more = below ?? items.map((item) => `- ${item}`);
    return [
      ...(reason === null ? [] : [`  # ${reason}`]),
      ...(more.length === 0
        ? [`  ${key}: ${value}${note === undefined ? '' : ` # ${note}`}`]
        : [`  ${key}:`, ...more.map((line) => `    ${line}`)]),
    ];
  });
  return [blockHeading, `${configBlock}:`, ...lines];
}

function flowText(raised: RaisedLimits, proposal: Proposal): string {
  return `{ ${settingsOf(raised, proposal)
    .map(({ key, value }) => `${key}: ${value}`)
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
export function withBlock(text: string, raised: RaisedLimits, proposal: Proposal): string | null {
  return withTopKey(text, configBlock, blockLines(raised, proposal), flowText(raised, proposal));
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
