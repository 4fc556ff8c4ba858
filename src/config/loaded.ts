import type { Config, ConfigField, ConfigKey } from './options.ts';

export const configProblemCodes = [
  'CONFIG_NOT_A_MAP',
  'CONFIG_UNKNOWN_KEY',
  'CONFIG_WRONG_TYPE',
  'CONFIG_OUT_OF_BOUNDS',
  'CONFIG_INCONSISTENT',
  'CONFIG_VARIABLE_IGNORED',
  'CONFIG_MISPLACED_KEY',
] as const;
export type ConfigProblemCode = (typeof configProblemCodes)[number];

/** What is wrong with the configuration, where, and what to write instead. Has the shape of a `ScopeProblem`. */
export interface ConfigProblem {
  readonly code: ConfigProblemCode;
  /** A warning is of what alone is ignored: a variable, a key outside the block. An error is of the file, which then says nothing. */
  readonly severity: 'error' | 'warning';
  /** Repository-relative; null when the value came from the environment. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** Where a value in force came from. */
export type ConfigOrigin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string };

export interface LoadedConfig {
  /** Complete and within bounds, also when there are problems. */
  readonly config: Config;
  readonly origins: Readonly<Record<ConfigField, ConfigOrigin>>;
  readonly problems: readonly ConfigProblem[];
}

/** One line of `config show`. */
export interface ConfigEntry {
  readonly key: ConfigKey;
  readonly value: Config[ConfigField];
  /** As it would be written in the file. */
  readonly text: string;
  /** `default`, `FILE:LINE` or `environment VARIABLE`. */
  readonly origin: string;
  /** False: nothing acts on it yet, whatever it says, or the coordinator that runs still has another value. */
  readonly inForce: boolean;
  /** That other value, in the same form; null where it has none. */
  readonly stillInForce: string | null;
}
