/** What the radar found last that concerns an agent: it is told of each clash once. The hook itself never looks. */
import { concerned, isFresh, type Clash, type Side } from '../../radar/index.ts';
import type { AgentSession } from '../../participant/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import { line } from '../format/text.ts';
import { relative } from '../format/time.ts';
import type { HookWork } from './hook-work.ts';
import { keyOf } from './key-of.ts';

/** What was found earlier may have come to nothing since. */
const toldForMs = 3_600_000;
const shownMax = 5;

/** Of which of its own sides a clash is, and with which other. */
interface Faced {
  readonly clash: Clash;
  readonly own: Side;
  readonly other: Side;
  readonly key: string;
}

export async function clashNews(work: HookWork, session: AgentSession): Promise<readonly string[]> {
  const { call, repository, memory, worktree } = work;
  const last = call.world.radar.last(repository);
  if (last === null || !isFresh(last, call.nowMs, toldForMs)) return [];
  const told = new Set(memory.toldClashes());
  const faced = last.clashes.flatMap((clash) => facedIn(clash, worktree)).filter(({ key }) => !told.has(key));
  if (faced.length === 0) return [];
  const status = await (await call.coordinator()).query({ kind: 'status', at: null });
  const own = faced.filter(({ clash, own: side }) =>
    concerned(status, clash.file, side).includes(session.agent),
  );
  if (own.length === 0) return [];
  memory.keepToldClashes([...told, ...own.map(({ key }) => key)]);
  const command = call.rhema('radar', '--agent', session.agent);
  const more = own.length > shownMax ? ` and ${count(own.length - shownMax, 'more file')}` : '';
  return [
    ...own.slice(0, shownMax).map((one) => clashText(one, status)),
    line`this${more} was seen ${relative(last.atMs, call.nowMs)}; agree with them who changes what, or merge early: ${command}`,
  ];
}

function facedIn(clash: Clash, worktree: string): readonly Faced[] {
  const [left, right] = clash.between;
  const own = [left, right].find(({ tree }) => tree === worktree);
  if (own === undefined) return [];
  const other = own === left ? right : left;
  return [{ clash, own, other, key: keyOf(clash.file, own.tree ?? '', other.tree ?? '', other.name) }];
}

function clashText({ clash: { file, kinds }, other }: Faced, status: StatusAnswer): string {
  const agents = concerned(status, file, other);
  const whose = agents.length === 0 ? '' : `, where ${agents.join(', ')} works`;
  return line`${file} as it is now will clash with ${other.name}${whose} (${kinds.join(', ')})`;
}
