/** What only the top's file has to it: it is never written anew, since it carries the configuration, which is a person's. */
import { scalar } from '../../config/index.ts';
import { withTopKey } from './block.ts';
import { dependenciesOf, type ExistingScope } from './existing.ts';
import { nothingRaised, withRemembered } from '../graph/limits.ts';
import { firstRules } from '../rules.ts';
import { byText, seenFrom } from '../paths.ts';
import { digestOf, markLines, sourceLine, type ScopeText, type TopMarks } from './scope-text.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** The text with the mark by which a refresh knows that the other scopes are generated, and what the mark remembers. */
export function withMark(
  text: string,
  { generated }: ExistingScope,
  scope: ScopeText,
  marks: TopMarks,
): string | null {
  const { depth, raised, rules } = marks;
  const marked =
    generated === null
      ? withNewMark(text, scope, marks)
      : withNumber(withDepth(text, generated.depth, depth), 'rules', generated.rules, rules);
  return marked === null ? null : withRemembered(marked, raised);
}

/** Without a digest: what else the file says is not what we wrote. */
function withNewMark(text: string, scope: ScopeText, { depth, rules }: TopMarks): string | null {
  const entries = [sourceLine(scope), ...markLines({ depth, rules, raised: nothingRaised })];
  const flow = `{ ${entries.map((entry) => entry.trim()).join(', ')} }`;
  return withTopKey(text, 'generated', ['generated:', ...entries], flow);
}

function withDepth(text: string, known: number | 'invalid' | null, depth: number | null): string | null {
  if (depth === null || known === depth) return text;
  return withEntry(text, 'depth', known !== null, depth);
}

/** What is not written counts as the first. */
function withNumber(text: string | null, key: string, known: number, wanted: number): string | null {
  return text === null || known === wanted ? text : withEntry(text, key, known !== firstRules, wanted);
}

function withEntry(text: string, key: string, isThere: boolean, value: number): string | null {
  const yaml = new YamlText(text);
  const entry = `${key}: ${value}`;
  const edited = isThere
    ? yaml.withValue(['generated', key], String(value))
    : yaml.withKey([entry], entry, ['generated']);
  return edited?.text ?? null;
}

/**
 * The text of a file in which all that we wrote is as it was, with the name, type and source that the code has now, and the digest
 * of what it has come to say. Null where they have no certain place.
 */
export function followingText(text: string, scope: ScopeText): string | null {
  const { path, name, type, source } = scope;
  const yaml = new YamlText(text);
  const dependencies = dependenciesOf(path, yaml, []).toSorted((a, b) => byText(a.to, b.to));
  const values: readonly (readonly [keys: readonly string[], text: string])[] = [
    [['name'], scalar(name)],
    [['scope_type'], scalar(type)],
    [['generated', 'from'], scalar(seenFrom(path, source))],
    [['generated', 'digest'], digestOf({ path, name, type, source, dependencies })],
  ];
  const done = values.reduce<YamlText | null>((at, [keys, value]) => at && at.withValue(keys, value), yaml);
  return done?.text ?? null;
}
