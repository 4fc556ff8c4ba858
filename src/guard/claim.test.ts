import { expect, test } from 'vitest';
import type { AgentId, ScopePath, Wish } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import { claim, type Subject } from './index.ts';

const odd: Subject = { name: 'api/a\nb', folder: 'api' as ScopePath };

/** What is asked for where so many locks are held. */
async function askedFor(
  subjects: readonly Subject[],
  { locks = [], level = 'file' }: { readonly locks?: readonly object[]; readonly level?: 'file' | 'scope' },
): Promise<Wish | null> {
  let asked: Wish | null = null;
  const query = async ({ kind, paths = [] }: { readonly kind: string; readonly paths?: readonly string[] }) =>
    kind === 'status'
      ? { revision: 1, locks }
      : { revision: 1, scopes: paths.map(() => 'api'), free: paths.map(() => false), claim: level };
  await claim(
    {
      coordinator: { query } as unknown as Pick<Coordinator, 'query'>,
      ignoredAmong: async () => new Set(),
      acquire: async (wish) => {
        asked = wish;
        return { kind: 'granted', locks: [] };
      },
    },
    subjects,
  );
  return asked;
}

const of = (over: object): object => ({ agent: 'al' as AgentId, scope: 'api', ...over });

test('of a name that nothing can be locked by nothing is claimed, unless somebody has its whole scope', async () => {
  expect(await askedFor([odd], {})).toBeNull();
  expect(await askedFor([odd], { locks: [of({ file: 'api/c' }), of({ scope: 'web' })] })).toBeNull();
  expect(await askedFor([odd], { locks: [of({})] })).toEqual({ scopes: ['api'] });
  expect(await askedFor([odd], { level: 'scope' })).toEqual({ scopes: ['api'] });
  const file: Subject = { name: 'api/c', path: 'api/c' as ScopePath };
  expect(await askedFor([odd, file], {})).toEqual({ scopes: [], files: ['api/c'] });
});
