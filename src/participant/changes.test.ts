import { expect, it } from 'vitest';
import { changedFilesShownMax, type AgentId, type ScopePath } from '../core/index.ts';
import { scopesOfPathsMax, type Coordinator } from '../protocol/index.ts';
import { changedByHolder } from './changes.ts';

/** Alice holds all of src; what is below src/gen is of a scope within. */
const coordinator = {
  query: async ({ kind, paths = [] }: { readonly kind: string; readonly paths?: readonly ScopePath[] }) => {
    if (kind === 'why') return { locks: [{ scope: 'src', agent: 'alice', grantedAtMs: 0 }], nowMs: 1_000 };
    expect(paths.length).toBeLessThanOrEqual(scopesOfPathsMax);
    const scopes = paths.map((path) => (path.startsWith('src/gen/') ? 'src/gen' : 'src'));
    return { scopes, free: paths.map(() => false), claim: 'file' };
  },
} as unknown as Coordinator;

it('who gives back a scope tells of all that it has changed there, however much was changed in scopes within', async () => {
  const numbers = Array.from({ length: 1_200 }, (_, number) => String(number).padStart(4, '0'));
  const own = numbers.map((number) => `src/${number}.ts`);
  const within = numbers.map((number) => `src/gen/${number}.ts`);
  const changedSince = async () => [...within, ...own].map((path) => ({ path, atMs: 5_000 }));
  const time = { schedule: () => () => undefined };
  const ports = { coordinator, wallMs: () => 5_000, changedSince, time };
  expect(await changedByHolder(ports, { agent: 'alice' as AgentId }, null)).toEqual({
    changed: [{ scope: 'src', files: own.slice(0, changedFilesShownMax), count: 1_200 }],
  });
});
