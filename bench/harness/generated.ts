import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import writeFileAtomic from 'write-file-atomic';

const begin = '<!-- figures: written by npm run bench -- --write -->';
const end = '<!-- end of figures -->';

/** Replaces what stands between the two marks of a document. Throws when it has no marks. */
export async function replaceGenerated(file: string, text: string): Promise<void> {
  const document = withFigures(await readFile(file, 'utf8'), text);
  const style = await resolveConfig(file);
  await writeFileAtomic(file, await format(document, { ...style, filepath: file }));
}

export function withFigures(document: string, text: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error('the document does not say where the figures go');
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
}
