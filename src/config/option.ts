/** What an option is: its name, its kind, its bounds, and who acts on it. */
import type { DurationMs, Settings } from '../core/index.ts';

interface OptionCommon {
  /** Dotted, as `config explain` takes it and as the YAML nests it. */
  readonly key: string;
  /** Name of the value in {@link Config}. */
  readonly field: string;
  /** One paragraph for people. */
  readonly help: string;
  /** The source file that acts on it: an option without any would be a promise that nobody keeps. */
  readonly readBy: string;
  /** Environment variable that overrides the file; null: none. */
  readonly environment: string | null;
}
export interface BooleanOption extends OptionCommon {
  readonly type: 'boolean';
  readonly default: boolean;
}
/** Written as seconds or with a unit; kept as milliseconds. */
export interface DurationOption extends OptionCommon {
  readonly type: 'duration';
  readonly default: DurationMs;
  readonly minimum: DurationMs;
  readonly maximum: DurationMs;
}
export interface CountOption extends OptionCommon {
  readonly type: 'count';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}
export interface ChoiceOption extends OptionCommon {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}
/** A list of patterns for paths; a single one may stand without brackets. */
export interface PatternsOption extends OptionCommon {
  readonly type: 'patterns';
  readonly default: readonly string[];
  /** A list as somebody may write it, in brackets. */
  readonly example: string;
}
/** Scopes by their folders. The value is the folders; what is said of each is read with the scope files. */
export interface ScopesOption extends OptionCommon {
  readonly type: 'scopes';
  readonly default: readonly string[];
  readonly example: string;
}
/** Names, each with how many may have it at once. `@git` is always among them. */
export interface ResourcesOption extends OptionCommon {
  readonly type: 'resources';
  readonly default: Settings['resources'];
}
export type Option =
  | BooleanOption
  | DurationOption
  | CountOption
  | ChoiceOption
  | PatternsOption
  | ScopesOption
  | ResourcesOption;
