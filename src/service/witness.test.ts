import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type Revision } from '../core/index.ts';
import { MemoryLog } from '../store/memory/index.ts';
import {
  acquire,
  defineScopes,
  join,
  openBench,
  resultOf,
  scopePath,
  submit,
  type Bench,
} from './testing.ts';
import type { Sighting, Witness } from './witness.ts';

class ManualWitness implements Witness {
  seen: Sighting | null = null;
  isDamaged = false;
  read = (): Sighting | 'unreadable' | null => (this.isDamaged ? 'unreadable' : this.seen);
  note(seen: Sighting): void {
    this.seen = seen;
  }
}

async function grantedIn(bench: Bench) {
  await defineScopes(bench.service, 'a');
  const ann = await join(bench.service, 'ann');
  const { token } = resultOf(await acquire(bench.service, ann, 'a'), 'granted').locks[0]!;
  return { ann, token };
}

/** What a backup of a log at this moment is; its identity comes with it. */
function copyOf(log: MemoryLog): MemoryLog {
  const copy = Object.assign(new MemoryLog(), { identity: log.identity, first: log.first });
  copy.entries = [...log.entries];
  copy.snapshots = [...log.snapshots];
  return copy;
}

describe('numbers that were handed out', () => {
  it('begin at 1 in a repository that never had a log', async () => {
    const witness = new ManualWitness();
    const { service, log } = await openBench({ witness });
    expect((await service.query({ kind: 'status', at: null })).revision).toBe(1);
    expect(witness.seen).toEqual({ log: log.identity, last: 1 });
  });

  it.each([2 ** 52 + 1, Number.MAX_SAFE_INTEGER, 1e20])(
    'are not brought to their end by a note of what no log can have come to: %d',
    async (last) => {
      const witness = new ManualWitness();
      witness.note({ log: 'another', last: last as Revision });
      const bench = await openBench({ witness });
      const { token } = await grantedIn(bench);
      expect(token).toBeGreaterThan(1_000_000);
      expect(token).toBeLessThan(2 ** 52);
      expect(witness.seen?.last).toBe(token);
    },
  );

  it('are noted before anybody is told of them', async () => {
    const witness = new ManualWitness();
    const bench = await openBench({ witness });
    const { token } = await grantedIn(bench);
    expect(witness.seen?.last).toBe(token);
  });

  it('go on in the same log, whoever owns it', async () => {
    const witness = new ManualWitness();
    const first = await openBench({ witness });
    const { token } = await grantedIn(first);
    const next = await openBench({ witness, log: first.log, clock: first.clock });
    const status = await next.service.query({ kind: 'status', at: null });
    expect(status).toMatchObject({ revision: token, locks: [{ scope: 'a', token }] });
    expect(next.problems).toEqual([]);
  });

  it('are not handed out or accepted again when the log is gone', async () => {
    const witness = new ManualWitness();
    const { token } = await grantedIn(await openBench({ witness }));
    const next = await openBench({ witness });
    const now = await grantedIn(next);
    expect(now.token).toBeGreaterThan(token);
    expect(next.problems).toMatchObject([{ kind: 'logBegunAnew' }]);
    const old = { kind: 'RenewLock', ...now.ann, scope: scopePath('a'), token, ttlMs: null } as const;
    expect(await submit(next.service, old)).toMatchObject({
      ok: false,
      rejection: { code: 'STALE_FENCING_TOKEN' },
    });
  });

  it('are not handed out or accepted again when an older log is put in its place', async () => {
    const witness = new ManualWitness();
    const first = await openBench({ witness });
    const { ann, token } = await grantedIn(first);
    const backup = copyOf(first.log);
    await join(first.service, 'bob');
    const next = await openBench({ witness, log: backup, clock: first.clock });
    const status = await next.service.query({ kind: 'status', at: null });
    expect(status).toMatchObject({ locks: [], agents: [] });
    expect(status.revision).toBeGreaterThan(token + 1);
    const old = { kind: 'RenewLock', ...ann, scope: scopePath('a'), token, ttlMs: null } as const;
    expect((await submit(next.service, old)).ok).toBe(false);
  });

  it('do not begin again when the log is gone and its witness is damaged', async () => {
    const witness = new ManualWitness();
    const { token } = await grantedIn(await openBench({ witness }));
    witness.isDamaged = true;
    const next = await openBench({ witness });
    expect((await grantedIn(next)).token).toBeGreaterThan(token + 1_000_000_000);
    expect(next.problems).toMatchObject([{ kind: 'logBegunAnew' }]);
  });

  it('go on in the log that is there when its witness is damaged, which is written anew', async () => {
    const witness = new ManualWitness();
    const first = await openBench({ witness });
    const { token } = await grantedIn(first);
    witness.isDamaged = true;
    witness.seen = null;
    const next = await openBench({ witness, log: first.log, clock: first.clock });
    const status = await next.service.query({ kind: 'status', at: null });
    expect(status).toMatchObject({ revision: token, locks: [{ scope: 'a', token }] });
    expect(witness.seen).toEqual({ log: first.log.identity, last: token });
  });

  it('are told to be of a former log to whoever took part in it, and to whoever looks', async () => {
    const witness = new ManualWitness();
    const { ann, token } = await grantedIn(await openBench({ witness }));
    const next = await openBench({ witness, former: 'the-former.db' });
    const told = expect.stringMatching(
      /began anew after revision 1000\d{3}.*the numbers jump on purpose, so that none is given twice;.*joins again.*the-former\.db/,
    );
    const before = await submit(next.service, { kind: 'Heartbeat', ...ann });
    expect(before).toMatchObject({ ok: false, rejection: { code: 'AGENT_NOT_FOUND', message: told } });
    const now = await grantedIn(next);
    const renewal = { kind: 'RenewLock', ...now.ann, scope: scopePath('a'), ttlMs: null } as const;
    const stale = await submit(next.service, { ...renewal, token });
    expect(stale).toMatchObject({ ok: false, rejection: { message: told } });
    const unlike = await submit(next.service, { ...renewal, token: asRevision(now.token + 9) });
    expect(unlike).not.toMatchObject({ rejection: { message: told } });
    const status = await next.service.query({ kind: 'status', at: null });
    expect(status.scopeProblems).toMatchObject([{ code: 'LOG_BEGUN_ANEW', message: told }]);
    const history = await next.service.query({ kind: 'history', filter: {}, limit: 1, before: null });
    expect(history.begunAnew).toEqual(told);
    const longAgo = { kind: 'time', atMs: asTimeMs(1) } as const;
    await expect(next.service.query({ kind: 'status', at: longAgo })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(
        /from before the log, which begins at .*, revision 1000\d{3}:/,
      ) as string,
    });
  });

  it('are not spoken of for ever with the status', async () => {
    const witness = new ManualWitness();
    await grantedIn(await openBench({ witness }));
    const next = await openBench({ witness });
    next.clock.advance(25 * 3_600_000);
    await grantedIn(next);
    expect((await next.service.query({ kind: 'status', at: null })).scopeProblems).toEqual([]);
  });

  it('are left alone by a log that is above them anyway', async () => {
    const witness = new ManualWitness();
    witness.seen = { log: 'another', last: asRevision(5) };
    const first = await openBench({ witness });
    const { revision } = await first.service.query({ kind: 'status', at: null });
    witness.seen = { log: 'another', last: asRevision(5) };
    const next = await openBench({ witness, log: first.log, clock: first.clock });
    expect((await next.service.query({ kind: 'status', at: null })).revision).toBe(revision);
    expect(next.problems).toEqual([]);
  });
});
