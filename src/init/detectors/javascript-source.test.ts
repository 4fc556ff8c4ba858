import { expect, it } from 'vitest';
import { importedModules } from './javascript-source.ts';

it('finds what is imported beside an array of more items than a call may have arguments', () => {
  const text = `import 'x';\nexport const table = [${'1,'.repeat(200_000)}];\nrequire('y');\n`;
  expect(importedModules('table.ts', text)).toEqual(new Set(['x', 'y']));
});
