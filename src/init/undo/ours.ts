/** What a file holds that this program writes, and how it is taken out where nobody knows what was there before. */
import { isDefinitionName } from '../../repository/index.ts';
import { YamlText } from '../../repository/yaml/index.ts';
import { blockHeading } from '../files/block.ts';
import { blockKeys } from '../graph/limits.ts';
import { baseName } from '../paths.ts';
import { undo, type HasOurs, type Written } from './written.ts';

/**
 * What is left of a client's file without all that this program writes into it, changed or not. Null: nothing. Undefined: that
 * cannot be told for certain. All other files have nothing of it.
 */
export type TakeOut = (file: string, text: string) => string | null | undefined;

/** A person may have written the same keys into a scope's file: then it counts as ours, and is only ever taken out when asked for. */
export function oursBy(takeOut: TakeOut): HasOurs {
  return (file, text) =>
    isDefinitionName(baseName(file))
      ? /\b(?:generated|agent_coordination)\b/.test(text)
      : takeOut(file, text) !== text;
}

/** Whether a scope's file was made whole, whatever was changed in it since. */
export function isMadeWhole(text: string): boolean {
  return new YamlText(text).valueAt('generated', 'digest') !== undefined;
}

const headingLine = new RegExp(`\\r?\\n${blockHeading}(?=\\r?\\n)`);

/** A scope's file without the configuration and the mark of init. Null where it cannot be told for certain what is ours. */
export function withoutConfiguration(text: string): string | null {
  const block = blockKeys(new YamlText(text));
  let at: YamlText | null = new YamlText(text.replace(headingLine, ''));
  for (const keys of [block, ['generated']])
    if (keys !== null && at?.valueAt(...keys) !== undefined) at = at.withoutKey(keys);
  return at === null || at.problem !== null ? null : at.text;
}

/**
 * Whether what is noted of a file may be followed. What was not noted in this very Git folder may have come with somebody's
 * archive: it may take out what is ours, and nothing else, and never puts any text into a file.
 */
export function isBelieved(noted: Written, now: string | null, takeOut: TakeOut): boolean {
  const undone = undo(noted, now);
  if (noted.isHere || undone.kind !== 'undone') return true;
  const left = now === null ? undefined : leftOf(noted.file, now, takeOut);
  return left !== undefined && bare(left) === bare(undone.text);
}

/** As {@link TakeOut}, also of a scope's file. */
export function leftOf(file: string, text: string, takeOut: TakeOut): string | null | undefined {
  if (!isDefinitionName(baseName(file))) return takeOut(file, text);
  return isMadeWhole(text) ? null : (withoutConfiguration(text) ?? undefined);
}

/** But for the layout. */
function bare(text: string | null): string {
  const letters = (text ?? '').replaceAll(/[\s,]/g, '');
  return letters === '{}' ? '' : letters;
}
