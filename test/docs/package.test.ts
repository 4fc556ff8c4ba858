import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('the package ships no scope file: whoever installs it has scopes of his own', () => {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(listing) as [{ readonly files: readonly { readonly path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain('package.json');
  expect(paths.filter((path) => /(?:^|\/)(?:rhema|scope)\.yaml$/.test(path))).toEqual([]);
});
