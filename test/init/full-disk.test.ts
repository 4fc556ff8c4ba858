import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { cliMain } from '../withstand/support/paths.ts';

const remarks = Array.from({ length: 600 }, (_, index) => `# remark ${index}, which must be kept\n`).join('');
const written = `name: top\nscope_type: repository\nversion: 1.0.0\n${remarks}`;
/** In blocks of 512 or 1,024 bytes, as the shell counts them: less than the file has in either case. */
const blocksMax = 8;

it('a file that cannot be written whole stays as it is, and nothing is left beside it', () => {
  const root = makeRepository({ 'rhema.yaml': written });
  const command = `ulimit -f ${blocksMax}; exec "${process.execPath}" "${cliMain}" --json init --yes`;
  const { status, stdout } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'WRITE_FAILED' });
  expect(status).toBe(1);
  expect(readFileSync(join(root, 'rhema.yaml'), 'utf8')).toBe(written);
  expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
