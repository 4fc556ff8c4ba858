import { displayWidth, shortened, wrap } from '../../wording/index.ts';
import type { Style } from './style.ts';

export { displayWidth, shortened, wrap };

/** No line wider than the terminal, if it is shown on one. What is broken goes on below its own beginning. */
export function fitted({ columns }: Style, text: string, indent = '  '): string {
  if (columns === null) return text;
  const fit = (whole: string): string[] => {
    const lead = /^ */.exec(whole)?.[0] ?? '';
    return wrap(whole.slice(lead.length), Math.max(2, columns - lead.length), indent).map(
      (part) => `${lead}${part}`,
    );
  };
  return text.split('\n').flatMap(fit).join('\n');
}
