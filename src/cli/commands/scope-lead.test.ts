import { describe, expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { scopeLead } from './scope-lead.ts';

const scopes = ['.', 'crates/uv', 'crates/uv-fs', 'services/auth', 'services/auth/oidc'] as ScopePath[];

describe('where a path leads that is no scope', () => {
  it.each([
    ['a file', 'services/auth/src/login.ts', 'it is in the scope services/auth'],
    ['a file of a scope in a scope', 'services/auth/oidc/x.ts', 'it is in the scope services/auth/oidc'],
    ['a misspelt scope', 'services/aut', 'did you mean services/auth?'],
    ['a misspelt scope in a scope', 'services/auth/oicd', 'did you mean services/auth/oidc?'],
    ['a folder of scopes', 'services', 'the scopes in it are services/auth, services/auth/oidc'],
    ['a folder of one scope in another', 'crates/uv-fs/src', 'it is in the scope crates/uv-fs'],
    ['a file of the top scope', 'docs/index.md', 'what lies there is in the top scope, .'],
    ["a file of Git's own", '.git/config', null],
    ['a word like no other', 'xyzzy', null],
    ['a folder beside scopes, unlike any', 'services/nowhere', 'what lies there is in the top scope, .'],
    ['a misspelt folder', 'srevices/auth', 'did you mean services/auth?'],
  ])('%s', async (_what, path, lead) => {
    expect((await scopeLead(scopes, path))?.told ?? null).toBe(lead);
  });

  it('is told of the first of many scopes in a folder', async () => {
    const many = Array.from({ length: 9 }, (_, at) => `crates/c${at}` as ScopePath);
    expect((await scopeLead(many, 'crates'))?.told).toBe(
      'the scopes in it are crates/c0, crates/c1, crates/c2, crates/c3, crates/c4 and 4 more',
    );
  });

  it.each([
    ['services/auth/src/login.ts', 'services/auth'],
    ['services/aut', 'services/auth'],
    ['crates/uv-fs/src', 'crates/uv-fs'],
    ['docs/index.md', '.'],
    ['services', null],
  ])('names the one scope that was meant by %s', async (path, meant) => {
    expect(await scopeLead(scopes, path)).toMatchObject({ meant });
  });

  it('is nowhere where no scope is above it', async () => {
    expect(await scopeLead(['services/auth' as ScopePath], 'docs/index.md')).toBe(null);
  });
});
