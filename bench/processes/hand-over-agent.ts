/**
 * One of the two agents of the hand-over benchmark: connects to the repository's owner, does what its parent says, and
 * tells when, on the clock that all processes of this machine share.
 */
import type { ScopePath } from '../../src/core/index.ts';
import { BenchAgent } from '../harness/agent.ts';
import { argument } from '../harness/children.ts';
import { reachOwner, type OwnedRepository } from '../harness/owned-repository.ts';

export type HandOverOrder = 'acquire' | 'queue' | 'release';

export interface HandOverNews {
  readonly kind: 'ready' | 'holding' | 'queued' | 'granted' | 'released';
  /** When the waiting call returned; for `released`, when the release was sent. */
  readonly atMs: number;
}

const repository = JSON.parse(argument(1)) as OwnedRepository;
const [scope] = repository.scopes as [ScopePath];
const agent = await BenchAgent.join(await reachOwner(repository), argument(0));

const carryOut: Record<HandOverOrder, () => Promise<void>> = {
  acquire: async () => {
    await agent.acquire(scope);
    tell('holding');
  },
  queue: async () => {
    const { granted } = await agent.queue(scope);
    tell('queued');
    await granted;
    tell('granted');
  },
  release: async () => {
    const sentAtMs = nowMs();
    await agent.release(scope);
    tell('released', sentAtMs);
  },
};

process.on('message', (order: HandOverOrder) => void carryOut[order]());
tell('ready');

function tell(kind: HandOverNews['kind'], atMs = nowMs()): void {
  process.send?.({ kind, atMs } satisfies HandOverNews);
}

/** Since the machine's boot, the same in every process. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
