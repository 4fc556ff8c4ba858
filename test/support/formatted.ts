import { readFileSync } from 'node:fs';
import { format, type FormatOptions } from 'oxfmt';

/** A generated text as `npm run format` would leave it in the file of that name. */
export async function formatted(path: string, text: string): Promise<string> {
  const options = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatOptions;
  const { code, errors } = await format(path, text, options);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return code;
}
