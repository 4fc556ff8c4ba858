import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  isLinearizable,
  lockHistories,
  lockModel,
  logPositionFaults,
  type Recorded,
} from '../linearizability/index.ts';
import { AgentProcess } from './support/agent-process.ts';
import { LogAudit } from './support/log-audit.ts';
import { ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';

const scopes = ['api', 'store', 'web'];
const processes = 8;
const cycles = 300;
let sandbox: Sandbox;

afterEach(() => sandbox.clear());

it('lets 8 processes take turns on 3 scopes through the owner, 300 times each', async () => {
  const history = await contend({ direct: false });
  expect(ownersOf(sandbox.folder)).toHaveLength(1);
  await judge(history);
}, 120_000);

it('lets 8 processes that each open the log themselves take turns on 3 scopes, 300 times each', async () => {
  const history = await contend({ direct: true });
  expect(ownersOf(sandbox.folder)).toHaveLength(0);
  await judge(history);
}, 120_000);

async function contend({ direct }: { readonly direct: boolean }): Promise<Recorded[]> {
  sandbox = new Sandbox({ api: [], store: [], web: [] }, { max_concurrent_agents: processes });
  const witness = join(sandbox.folder, 'witness');
  mkdirSync(witness);
  const contenders = Array.from({ length: processes }, (_, index) => {
    const briefing = { name: `agent-${index}`, place: index, direct, scopes, cycles, witness };
    return new AgentProcess(sandbox, 'contender.mjs', briefing);
  });
  const complaints = await Promise.all(contenders.map((contender) => contender.ended));
  expect(complaints.filter((complaint) => complaint !== null)).toEqual([]);
  return contenders.flatMap((contender) => contender.history());
}

/** The outside witness, the log, and both ways to check the recorded history must all agree. */
async function judge(history: readonly Recorded[]): Promise<void> {
  expect(existsSync(join(sandbox.folder, 'witness', 'overlaps'))).toBe(false);
  const turns = scopes.map(turnsOf);
  for (const tokens of turns) expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
  expect(new Set(turns.flat()).size).toBe(processes * cycles);
  const audit = new LogAudit();
  await audit.readFrom(sandbox.paths.database);
  expect(audit.faults).toEqual([]);
  expect(logPositionFaults(audit.entries, history)).toEqual([]);
  const histories = lockHistories(history);
  expect([...histories.keys()].sort()).toEqual(scopes);
  for (const operations of histories.values()) expect(isLinearizable(lockModel, operations)).toBe(true);
}

/** The tokens under which a scope's file was written, in the order of writing. */
function turnsOf(scope: string): number[] {
  const text = readFileSync(join(sandbox.folder, 'witness', `${scope}.turns`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => Number.parseInt(line, 10));
}
