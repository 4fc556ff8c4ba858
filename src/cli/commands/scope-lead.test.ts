import { describe, expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import type { KnownScope, NamedPath } from '../../wording/index.ts';
import { scopeLead } from './scope-lead.ts';

const known = (...paths: readonly string[]): KnownScope[] =>
  paths.map((path) => ({ path: path as ScopePath, name: `@acme/${path.replace(/^.*\//, '')}` }));

const scopes = known('.', 'crates/uv', 'crates/uv-fs', 'services/auth', 'services/auth/oidc');
const absent = (path: string): NamedPath => ({ path, isThere: false });
const present = (path: string): NamedPath => ({ path, isThere: true });

describe('where a path leads that is no scope', () => {
  it.each([
    ['a file', 'services/auth/src/login.ts', 'it is in the scope services/auth'],
    ['a file of a scope in a scope', 'services/auth/oidc/x.ts', 'it is in the scope services/auth/oidc'],
    ['a misspelt scope', 'services/aut', 'did you mean services/auth?'],
    ['a misspelt scope in a scope', 'services/auth/oicd', 'did you mean services/auth/oidc?'],
    ['a folder of scopes', 'services', 'the scopes in it are services/auth, services/auth/oidc'],
    ['a folder of one scope in another', 'crates/uv-fs/src', 'it is in the scope crates/uv-fs'],
    ['a word like no other', 'xyzzy', null],
    [
      'a folder beside scopes, unlike any',
      'services/nowhere',
      'no file or folder is there, and no scope is called so',
    ],
    ['the name of a scope', '@acme/oidc', '@acme/oidc is the name of the scope services/auth/oidc'],
    [
      'a name that is misspelt',
      '@acme/oicd',
      'did you mean @acme/oidc, which is the name of the scope services/auth/oidc?',
    ],
    ['a name like no other', '@nobody/has', 'no file or folder is there, and no scope is called so'],
    ['a misspelt folder', 'srevices/auth', 'did you mean services/auth?'],
  ])('%s', async (_what, path, lead) => {
    expect((await scopeLead(scopes, absent(path)))?.told ?? null).toBe(lead);
  });

  it.each([
    ['a file of the top scope', 'docs/index.md', 'what lies there is in the top scope, .'],
    ['a folder of the top scope', 'docs', 'what lies there is in the top scope, .'],
    ['a folder that is spelt like a scope', 'services/auht', 'what lies there is in the top scope, .'],
    ['a folder that is called as a scope is', '@acme/uv', 'what lies there is in the top scope, .'],
    ["a file of Git's own", '.git/config', 'what lies there is in no scope'],
    ['a folder of a scope', 'crates/uv/src', 'it is in the scope crates/uv'],
    [
      'a folder of scopes',
      'services',
      'the scopes in it are services/auth, services/auth/oidc; what else lies there is in the top scope, .',
    ],
  ])('%s, which is there', async (_what, path, lead) => {
    expect((await scopeLead(scopes, present(path)))?.told).toBe(lead);
  });

  it('is told of several scopes of one name, of which none was meant more than another', async () => {
    const twins = known('a/ui', 'b/ui');
    const told = '@acme/ui is the name of the scopes a/ui, b/ui';
    expect(await scopeLead(twins, absent('@acme/ui'))).toEqual({ told, meant: null });
  });

  it('is told of the first of many scopes in a folder', async () => {
    const many = known(...Array.from({ length: 9 }, (_, at) => `crates/c${at}`));
    expect((await scopeLead(many, present('crates')))?.told).toBe(
      'the scopes in it are crates/c0, crates/c1, crates/c2, crates/c3, crates/c4 and 4 more',
    );
  });

  it.each([
    ['services/auth/src/login.ts', 'services/auth'],
    ['services/aut', 'services/auth'],
    ['crates/uv-fs/src', 'crates/uv-fs'],
    ['@acme/oidc', 'services/auth/oidc'],
    ['services', null],
  ])('names the one scope that was meant by %s', async (path, meant) => {
    expect(await scopeLead(scopes, absent(path))).toMatchObject({ meant });
  });

  it('is nowhere where no scope is above it', async () => {
    const told = 'what lies there is in no scope';
    expect(await scopeLead(known('services/auth'), present('docs/index.md'))).toEqual({ told, meant: null });
  });

  it('is the making of scopes where there are none', async () => {
    expect(await scopeLead([], present('src'))).toMatchObject({ remedy: ['init'] });
  });
});
