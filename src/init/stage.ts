import { configBlock, options } from '../config/index.ts';
import type { ValueSetting } from './files/settings.ts';

/**
 * How far the coordination goes, in the order in which a team may adopt it. `optional`: the configuration is there, and switched
 * off. `default`: agents are coordinated, and what breaks a rule in the working tree is reported. `strict`: that blocks.
 */
export const stages = ['optional', 'default', 'strict'] as const;
export type Stage = (typeof stages)[number];

const enabled = 'enabled';
const strictMode = 'safety_validation.strict_mode';

/** What each stage says in the block. Where coordination is off, nothing else matters. */
const settings: Readonly<Record<Stage, readonly ValueSetting[]>> = {
  optional: [{ key: enabled, value: false }],
  default: [
    { key: enabled, value: true },
    { key: strictMode, value: false },
  ],
  strict: [
    { key: enabled, value: true },
    { key: strictMode, value: true },
  ],
};

const optionOfBlock = (key: string) => options.find((option) => option.key === `${configBlock}.${key}`);

/** What a block has to say otherwise to be in a stage. `valueAt`: what it says of an option now; undefined: nothing. */
export function stageSettings(stage: Stage, valueAt: (key: string) => unknown): readonly ValueSetting[] {
  return settings[stage].filter(({ key, value }) => (valueAt(key) ?? optionOfBlock(key)?.default) !== value);
}
