import {
  parseResourceName,
  quote,
  resourceCapacityMax,
  type DurationMs,
  type ResourceName,
  type Settings,
} from '../core/index.ts';
import { patternText } from './yaml-text.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { ConfigProblemCode } from './loaded.ts';
import type {
  BooleanOption,
  ChoiceOption,
  CountOption,
  DurationOption,
  Option,
  ResourcesOption,
} from './option.ts';
import type { ConfigValue } from './options.ts';

export type ValueResult =
  | { readonly ok: true; readonly value: ConfigValue }
  | { readonly ok: false; readonly code: ConfigProblemCode; readonly problem: string };

/** Reads the value of one option as YAML gives it: already a boolean, a number or a text. */
export function parseOptionValue(option: Option, raw: unknown): ValueResult {
  switch (option.type) {
    case 'boolean':
      return parseBoolean(option, raw);
    case 'count':
      return parseCount(option, raw);
    case 'duration':
      return parseDurationValue(option, raw);
    case 'choice':
      return parseChoice(option, raw);
    case 'patterns':
    case 'scopes':
      // What is wrong in a list is told with its place there: see `lists.ts`.
      return wrongType(option, raw, `write ${option.example}`);
    case 'resources':
      return parseResources(option, raw);
  }
}

/** Reads the value of one option from an environment variable, where everything is text. */
export function parseOptionText(option: Option, text: string): ValueResult {
  if (option.type === 'boolean' && /^(?:true|false)$/.test(text)) return { ok: true, value: text === 'true' };
  if (option.type === 'count' && /^\d{1,15}$/.test(text)) return parseCount(option, Number(text));
  return parseOptionValue(option, text);
}

/** The value as it would be written in the file; of scopes, which are many, only how many they are. */
export function formatValue(option: Option, value: ConfigValue): string {
  switch (option.type) {
    case 'duration':
      return formatDuration(value as DurationMs);
    case 'patterns':
      return `[${(value as readonly string[]).map(patternText).join(', ')}]`;
    case 'resources':
      return resourcesText(value as Settings['resources']);
    case 'scopes':
      return (value as readonly string[]).length === 0
        ? '{}'
        : `${(value as readonly string[]).length} listed`;
    case 'boolean':
    case 'count':
    case 'choice':
      return String(value as boolean | number | string);
  }
}

function parseBoolean(option: BooleanOption, raw: unknown): ValueResult {
  return typeof raw === 'boolean' ? { ok: true, value: raw } : wrongType(option, raw, 'write true or false');
}

function parseCount(option: CountOption, raw: unknown): ValueResult {
  const range = `write a whole number from ${option.minimum} to ${option.maximum}`;
  if (typeof raw !== 'number' || !Number.isSafeInteger(raw)) return wrongType(option, raw, range);
  if (raw < option.minimum || raw > option.maximum) return outOfBounds(option, raw, range);
  return { ok: true, value: raw };
}

function parseDurationValue(option: DurationOption, raw: unknown): ValueResult {
  const [minimum, maximum] = [formatDuration(option.minimum), formatDuration(option.maximum)];
  const range = `write a duration from ${minimum} to ${maximum}`;
  if (typeof raw !== 'number' && typeof raw !== 'string') return wrongType(option, raw, range);
  const parsed = parseDuration(raw);
  if (!parsed.ok)
    return { ok: false, code: 'CONFIG_WRONG_TYPE', problem: `${option.key}: ${parsed.problem}` };
  if (parsed.value < option.minimum || parsed.value > option.maximum) return outOfBounds(option, raw, range);
  return { ok: true, value: parsed.value };
}

function parseChoice(option: ChoiceOption, raw: unknown): ValueResult {
  const choice = option.choices.find((candidate) => candidate === raw);
  if (choice === undefined) return wrongType(option, raw, `write ${option.choices.join(' or ')}`);
  return { ok: true, value: choice as ConfigValue };
}

const builtIn = '@git' as ResourceName;

/** `deploy: {}`, `port: { capacity: 10 }`; a name may stand with its `@`, in quotation marks, or without. */
function parseResources(option: ResourcesOption, raw: unknown): ValueResult {
  const remedy = 'write names, each with {} or { capacity: 10 }';
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return wrongType(option, raw, remedy);
  const resources: Record<ResourceName, number> = { [builtIn]: 1 };
  const declared = new Map<string, string>();
  for (const [text, value] of Object.entries(raw)) {
    const parsed = parseResourceName(text.startsWith('@') ? text : `@${text}`);
    if (!parsed.ok) return wrong(option, `${parsed.problem}`);
    const capacity = capacityIn(value);
    if (capacity === null) return wrong(option, `${parsed.value} is ${shown(value)}: ${remedy}`);
    if (capacity < 1 || capacity > resourceCapacityMax)
      return wrong(
        option,
        `the capacity of ${parsed.value} is ${capacity}: write 1 to ${resourceCapacityMax}`,
        'CONFIG_OUT_OF_BOUNDS',
      );
    if (parsed.value === builtIn && capacity !== 1)
      return wrong(option, `${builtIn} has one slot: two at once in the index are what it prevents`);
    const variable = slotVariable(parsed.value);
    const other = declared.get(variable);
    if (other !== undefined)
      return wrong(
        option,
        `${quote(other)} and ${quote(text)} are the same in ${variable}: name one otherwise`,
      );
    declared.set(variable, text);
    resources[parsed.value] = capacity;
  }
  return { ok: true, value: resources };
}

/** Null when it is none. */
function capacityIn(value: unknown): number | null {
  if (value === null) return 1;
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  const { capacity = 1, ...rest } = value as { readonly capacity?: unknown };
  if (Object.keys(rest).length > 0) return null;
  return typeof capacity === 'number' && Number.isSafeInteger(capacity) ? capacity : null;
}

function wrong(option: Option, problem: string, code: ConfigProblemCode = 'CONFIG_WRONG_TYPE'): ValueResult {
  return { ok: false, code, problem: `${option.key}: ${problem}` };
}

/** The variable in which `rhema run` tells its command the slot that it has: `RHEMA_SLOT_DEPLOY` for `@deploy`. */
export function slotVariable(resource: ResourceName): string {
  return `RHEMA_SLOT_${resource
    .slice(1)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function resourcesText(resources: Settings['resources']): string {
  const declared = Object.entries(resources).filter(([name, capacity]) => name !== builtIn || capacity !== 1);
  const texts = declared.map(([name, capacity]) =>
    capacity === 1 ? `${name.slice(1)}: {}` : `${name.slice(1)}: { capacity: ${capacity} }`,
  );
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

function wrongType(option: Option, raw: unknown, remedy: string): ValueResult {
  return {
    ok: false,
    code: 'CONFIG_WRONG_TYPE',
    problem: `${option.key} is ${shown(raw)}: ${remedy}`,
  };
}

function outOfBounds(option: Option, raw: number | string, remedy: string): ValueResult {
  return {
    ok: false,
    code: 'CONFIG_OUT_OF_BOUNDS',
    problem: `${option.key} is ${shown(raw)}: ${remedy}`,
  };
}

function shown(raw: unknown): string {
  if (raw === null || raw === undefined) return 'empty';
  if (typeof raw === 'string') return `the text ${quote(raw)}`;
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
  return Array.isArray(raw) ? 'a list' : 'a map';
}
