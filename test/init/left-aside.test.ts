/** What lies in folders whose parts are left to the scope around them is nobody's: nothing is said of it, and nothing waits for it. */
import { expect, it } from 'vitest';
import { commitAll, makeRepository } from '../../src/repository/testing/fixture.ts';
import { runHere } from './run.ts';
import { json, library } from './support.ts';

it('what is broken there, or called alike, is no trouble, and keeps nothing from being in step', async () => {
  const root = makeRepository({
    'pnpm-workspace.yaml': "packages: ['packages/*', 'playground/**']\n",
    'package.json': json({ name: 'acme' }),
    'packages/core/package.json': library('core', { dependencies: { twin: '*' } }),
    'packages/twin/package.json': library('twin'),
    'playground/package.json': json({ name: 'playground', private: true }),
    'playground/one/package.json': json({ name: 'twin', dependencies: { core: '*' } }),
    'playground/two/package.json': json({ name: 'twin' }),
    'playground/three/package.json': '{',
    'playground/four/package.json': json({ name: 'four' }),
    'playground/four/tsconfig.json': '{ "extends": ',
    'playground/four/main.ts': 'import {{ from "core";\n',
  });
  commitAll(root);
  const { code, body } = await runHere(root, ['init', '--yes', '--json']);
  expect(code).toBe(0);
  expect(body).toMatchObject({ leftAside: { exclude: ['**/playground/**'], parts: 3 }, notices: [] });
  expect(body['dependencies']).toMatchObject([{ from: 'packages/core', to: 'packages/twin' }]);
  const check = await runHere(root, ['scope', 'refresh', '--check']);
  expect(check).toMatchObject({ code: 0, stdout: 'the scopes are in step with the code\n', stderr: '' });
});
