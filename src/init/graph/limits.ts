import { isDeepStrictEqual } from 'node:util';
import { configBlock } from '../../config/index.ts';
import { tableIn, type Table } from '../detectors/manifests.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** Bounds of the graph that have to be raised, or once were. */
export interface RaisedLimits {
  readonly maxDependencies: number | null;
  readonly maxScopeDepth: number | null;
}

export const nothingRaised: RaisedLimits = { maxDependencies: null, maxScopeDepth: null };

const limitKeys = ['max_dependencies', 'max_scope_depth'] as const;
type LimitKey = (typeof limitKeys)[number];

/** As keys of the block, and of `generated`, which remembers what was written there. */
export function limitsOf({ maxDependencies, maxScopeDepth }: RaisedLimits): [key: LimitKey, value: number][] {
  const values = { max_dependencies: maxDependencies, max_scope_depth: maxScopeDepth };
  return limitKeys.flatMap((key): [LimitKey, number][] => {
    const value = values[key];
    return value === null ? [] : [[key, value]];
  });
}

/** What `generated` remembers. */
export function rememberedLimits(generated: Table): RaisedLimits {
  const valueOf = (key: LimitKey): number | null => {
    const value = generated[key];
    return Number.isSafeInteger(value) ? Number(value) : null;
  };
  return { maxDependencies: valueOf('max_dependencies'), maxScopeDepth: valueOf('max_scope_depth') };
}

/** Where the block is: at the top or under `rhema`. */
export function blockKeys(yaml: YamlText): readonly string[] | null {
  const keyPaths = [[configBlock], ['rhema', configBlock]];
  return keyPaths.find((keys) => yaml.valueAt(...keys) !== undefined) ?? null;
}

/** Bounds that stand in the block already, and not as we wrote them: they are a person's, and not changed. */
export function limitsByHand(text: string, raised: RaisedLimits): LimitKey[] {
  const yaml = new YamlText(text);
  const [keys, written] = [blockKeys(yaml) ?? [], rememberedLimits(tableIn(yaml.value, 'generated'))];
  const ours = new Map(limitsOf(written));
  return limitsOf(raised)
    .map(([key]) => key)
    .filter((key) => {
      const there = yaml.valueAt(...keys, key);
      return there !== undefined && there !== ours.get(key);
    });
}

/** The text with bounds written into the block that it has. Null where they have no certain place. */
export function withLimits(text: string, raised: RaisedLimits): string | null {
  return withNumbers(text, blockKeys(new YamlText(text)) ?? [], raised);
}

/** The text with the bounds that were written kept in mind, so that they can be told from a person's. */
export function withRemembered(text: string, raised: RaisedLimits): string | null {
  return withNumbers(text, ['generated'], raised);
}

/** A second reading makes sure that everything else still means the same. */
function withNumbers(text: string, parents: readonly string[], raised: RaisedLimits): string | null {
  let at: YamlText | null = new YamlText(text);
  const wanted = at.value;
  for (const [key, value] of limitsOf(raised)) {
    at = at && withNumber(at, parents, key, value);
    Object.assign(tableIn(wanted, ...parents), { [key]: value });
  }
  return at !== null && isDeepStrictEqual(at.value, wanted) ? at.text : null;
}

function withNumber(yaml: YamlText, parents: readonly string[], key: string, value: number): YamlText | null {
  const entry = `${key}: ${value}`;
  return yaml.valueAt(...parents, key) === undefined
    ? yaml.withKey([entry], entry, parents)
    : yaml.withValue([...parents, key], String(value));
}
