import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatted } from '../../../test/support/formatted.ts';
import { pluginFiles } from './plugin.ts';

const folder = fileURLToPath(new URL('../../../plugin', import.meta.url));
const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string };
const files = Object.entries(pluginFiles(version));

it.each(files)('plugin/%s is what the tables say (vitest FILE -u writes it anew)', async (path, content) => {
  const file = join(folder, path);
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await expect(await formatted(file, text)).toMatchFileSnapshot(file);
});

it('the folder of the plugin has nothing else', () => {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = found.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  expect(paths.sort()).toEqual(files.map(([path]) => path).sort());
});
