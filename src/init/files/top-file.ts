/** What only the top's file has to it: it is never written anew, since it carries the configuration, which is a person's. */
import { withTopKey } from './block.ts';
import { dependenciesOf, type ExistingScope } from './existing.ts';
import { nothingRaised, withRemembered, type RaisedLimits } from '../graph/limits.ts';
import { byText, seenFrom } from '../paths.ts';
import { digestOf, markLines, scalar, sourceLine, type ScopeText } from './scope-text.ts';
import { YamlText } from './yaml-splice.ts';

/** The text with the mark by which a refresh knows that the other scopes are generated, and what the mark remembers. */
export function withMark(
  text: string,
  { generated }: ExistingScope,
  scope: ScopeText,
  { depth, raised }: { readonly depth: number | null; readonly raised: RaisedLimits },
): string | null {
  const marked =
    generated === null ? withNewMark(text, scope, depth) : withDepth(text, generated.depth, depth);
  return marked === null ? null : withRemembered(marked, raised);
}

/** Without a digest: what else the file says is not what we wrote. */
function withNewMark(text: string, scope: ScopeText, depth: number | null): string | null {
  const entries = [sourceLine(scope), ...markLines({ depth, raised: nothingRaised })];
  const flow = `{ ${entries.map((entry) => entry.trim()).join(', ')} }`;
  return withTopKey(text, 'generated', ['generated:', ...entries], flow);
}

function withDepth(text: string, known: number | 'invalid' | null, depth: number | null): string | null {
  if (depth === null || known === depth) return text;
  const yaml = new YamlText(text);
  const edited =
    known === null
      ? yaml.withKey([`depth: ${depth}`], `depth: ${depth}`, ['generated'])
      : yaml.withValue(['generated', 'depth'], String(depth));
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
