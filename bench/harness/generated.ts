import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { formatted } from '../../test/support/formatted.ts';

const begin = '<!-- figures: written by npm run bench -- --write -->';
const end = '<!-- end of figures -->';
const heading = '### ';

/** The sections between the two marks of a document, by their titles, each with its heading. */
type Sections = ReadonlyMap<string, string>;

/**
 * Puts sections between the two marks of a document: the given ones in place of those with their titles, and of the others
 * those that have one of `titles`, in that order. Throws when it has no marks.
 */
export async function writeSections(
  file: string,
  titles: readonly string[],
  measured: Sections,
): Promise<void> {
  const document = withSections(await readFile(file, 'utf8'), titles, measured);
  await writeFileAtomic(file, await formatted(file, document));
}

export function withSections(document: string, titles: readonly string[], measured: Sections): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error('the document does not say where the figures go');
  const former = sectionsOf(document.slice(from + begin.length, to));
  const texts = titles.flatMap((title) => measured.get(title) ?? former.get(title) ?? []);
  return `${document.slice(0, from)}${[begin, ...texts, document.slice(to)].join('\n\n')}`;
}

function sectionsOf(text: string): Sections {
  const sections = new Map<string, string>();
  for (const part of text.split(new RegExp(`^(?=${heading})`, 'm'))) {
    const [line = ''] = part.split('\n', 1);
    if (line.startsWith(heading)) sections.set(line.slice(heading.length), part.trim());
  }
  return sections;
}
