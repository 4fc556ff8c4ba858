import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatted } from '../../test/support/formatted.ts';
import { rejectionCodes } from '../core/index.ts';
import { failureCodes } from '../protocol/index.ts';
import { apiPage, type ApiDocument } from './api-page.ts';
import { openApi } from './openapi.ts';

const file = fileURLToPath(new URL('../../docs/api.md', import.meta.url));

it('docs/api.md has what a server says of itself (vitest -u writes it anew)', async () => {
  const document = (await openApi('1.2.3', '')) as ApiDocument;
  const text = apiPage(document);
  for (const path of Object.keys(document.paths)) expect(text).toContain(`${path}\``);
  for (const code of [...rejectionCodes, ...failureCodes]) expect(text).toContain(`\`${code}\``);
  await expect(await formatted(file, text)).toMatchFileSnapshot(file);
});
