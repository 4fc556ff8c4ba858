import type { ContextKind } from '../kinds.ts';
import type { ContextRule } from './problems.ts';

/** What a value must be. */
export type Shape = Text | Words | Moment | Whole | Reference | ListOf | MapOf;

export interface Text {
  readonly is: 'text';
  /** Letters that upstream's schemas allow; more is a warning. */
  readonly max?: number;
  /** What is said of a text that must not be blank, and is. */
  readonly blank?: ContextRule;
  /** What its letters must be like. */
  readonly form?: TextForm;
  /** Other forms that are in use and say the same: read, with a warning. */
  readonly also?: readonly OtherForm[];
}

export type OtherForm = 'list' | 'map';

export interface TextForm {
  readonly pattern: RegExp;
  readonly words: string;
  readonly severity: 'error' | 'warning';
}

/** One of some words. */
export interface Words {
  readonly is: 'words';
  readonly words: readonly string[];
  /** Words of the other design, with the one of this that means the same; null: there is none. */
  readonly others: Readonly<Record<string, string | null>>;
  /** Of a word that is neither. */
  readonly unknown: ContextRule;
}

/** A point in time: RFC 3339 with a time zone (`time`), or a day or such a time (`day`). */
export interface Moment {
  readonly is: 'moment';
  readonly form: 'time' | 'day';
}

export interface Whole {
  readonly is: 'whole';
  readonly least: number;
  readonly most: number;
  /** Words that are in use instead. */
  readonly words: readonly string[];
}

/** The name of something that must exist. */
export interface Reference {
  readonly is: 'reference';
  readonly to: ContextKind | 'category' | 'scope' | 'file';
}

export interface ListOf {
  readonly is: 'list';
  readonly of: Shape;
  readonly also?: readonly OtherForm[];
}

export interface MapOf {
  readonly is: 'map';
  readonly fields: readonly Field[];
  /** Whether anything else in its place is nobody's business. */
  readonly isLoose?: true;
}

export interface Field {
  readonly key: string;
  readonly shape: Shape;
  readonly needed?: true;
  /** Other keys in use for the same; read where it is missing, with a warning. */
  readonly alsoCalled?: readonly string[];
}

/** What must hold between fields of one entry. */
export type Relation =
  /** `key` is there exactly when the field `of` has this word. */
  | {
      readonly is: 'presence';
      readonly key: string;
      readonly of: string;
      readonly word: string;
      readonly missing: ContextRule;
      readonly unexpected: ContextRule;
    }
  /** The time of `last` is not before that of `first`. */
  | {
      readonly is: 'order';
      readonly first: string;
      readonly last: string;
      readonly broken: ContextRule;
    };

/** What holds for the entries of a collection. */
export interface EntryRules {
  readonly fields: readonly Field[];
  readonly relations: readonly Relation[];
}

/** What holds for a kind of files. */
export interface KindRules {
  /** What one entry is called, and several. */
  readonly noun: string;
  readonly nouns: string;
  /** Of an entry in a list. */
  readonly list: EntryRules;
  /** Of an entry in a map, by the key of the map; where none is given, anything may stand there. */
  readonly map: Readonly<Record<string, EntryRules>>;
}
