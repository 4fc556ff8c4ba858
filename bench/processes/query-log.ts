/** Opens the log in a folder, asks what agents and people ask, and says how long each answer took. */
import type { ScopePath } from '../../src/core/index.ts';
import type { Query } from '../../src/protocol/index.ts';
import { argument } from '../harness/children.ts';
import { openLocalLog } from '../harness/local-log.ts';
import { timeMs } from '../harness/timing.ts';

/** Milliseconds of each answer, by question. */
export type QueryTimes = Readonly<Record<string, readonly number[]>>;

const { service } = await openLocalLog(argument(0));
const rounds = Number(argument(1));
const { scopes } = await service.query({ kind: 'scopes' });
const pathAt = (round: number): ScopePath =>
  round % 10 === 0 ? ('no/such/scope' as ScopePath) : scopes[round % scopes.length]!.path;

const questions: Readonly<Record<string, (scope: ScopePath) => Query>> = {
  lock_check: (scope) => ({ kind: 'why', subject: { kind: 'scope', scope }, at: null, happened: 3 }),
  why: (scope) => ({ kind: 'why', subject: { kind: 'scope', scope }, at: null }),
  'lock history of a scope': (scope) => ({
    kind: 'history',
    filter: { scope, events: ['lock', 'ticket'] },
    limit: 50,
    before: null,
  }),
};

const times: Record<string, number[]> = {};
for (const [name, question] of Object.entries(questions)) {
  const measured: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push(await timeMs(() => service.query(question(pathAt(round)))));
  times[name] = measured;
}
process.stdout.write(JSON.stringify(times), () => process.exit());
