import { shownName, type AgentId, type ScopePath } from '../../core/index.ts';
import type { Reason, Verdict } from '../../guard/index.ts';
import type { LockView } from '../../protocol/index.ts';
import { count, duration, shownLock } from '../../wording/index.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { line, safe, shellWord, type Typing } from './text.ts';
import { clockTime } from './time.ts';
import { untilEndText } from './lock-end.ts';

const reasons: Readonly<Record<Exclude<Reason, 'heldByOther'>, string>> = {
  outside: 'outside of the repository',
  otherRepository: 'in another repository, which has locks of its own',
  gitFolder: "Git's own",
  ignored: 'ignored by Git',
  noScope: 'in no scope',
  free: 'free: needs no lock',
  held: 'locked by who writes',
  unheld: 'held by nobody',
};

/** Of what may all be written: why. */
export function passedTable(style: Style, verdicts: readonly Verdict[], none: string): string {
  if (verdicts.length === 0) return none;
  const rows = verdicts.map(({ name, because }): Cell[] => [
    name,
    { text: 'passes', emphasis: 'good' },
    because === 'heldByOther' ? '' : reasons[because],
  ]);
  return table(style, ['FILE', 'VERDICT', 'WHY'], rows);
}

/** What is committed is a merge, which Git commits as a whole: it is about to begin, or all but done. */
export type Merge = 'begins' | 'ends';

interface About {
  readonly nowMs: number;
  readonly typing: Typing;
  readonly agent: AgentId | null;
  readonly verdicts: readonly Verdict[];
  /** Whether `rhema commit` is refused, and not a commit of Git's. */
  readonly isOurCommit: boolean;
  readonly merge: Merge | null;
}

const shownMax = 10;

/** What is refused and by whose lock, and what to do. */
export function refusedLines(about: About, isStaged: boolean): string[] {
  const { nowMs, typing, agent, verdicts } = about;
  const refused = verdicts.filter(({ passes }) => !passes);
  const what = isStaged ? 'committed' : 'written';
  const more = refused.length - shownMax;
  return [
    `${refused.length} of ${count(verdicts.length, 'file')} may not be ${what}:`,
    ...refused.slice(0, shownMax).map((verdict) => `  ${whyText(verdict, nowMs)}`),
    ...(more > 0 ? [`  and ${more} more: --json names all`] : []),
    ...(isStaged ? committing(about) : []),
    ...(isStaged && agent === null ? sayingWho(refused, about) : []),
    ...(refused.length > shownMax
      ? []
      : [
          `try: ${typing.rhema('lock', 'acquire', ...namesOf(refused, typing), ...asAgent(agent), '--wait')}`,
        ]),
  ];
}

function whyText({ name, locks }: Verdict, nowMs: number): string {
  const [lock] = locks;
  if (lock === undefined) return line`${name}: held by nobody, and strict_mode asks for a lock`;
  const others = locks.length - 1;
  return `${lockText(name, lock, nowMs)}${others > 0 ? `; ${count(others, 'more lock')} in the way` : ''}`;
}

function lockText(name: string, lock: LockView, nowMs: number): string {
  const purpose = lock.reason === null ? '' : line`, for: ${lock.reason}`;
  const held = `since ${clockTime(lock.grantedAtMs, nowMs)} (${duration(nowMs - lock.grantedAtMs)})`;
  const shown = shownLock(lock);
  const what = shown === name ? name : `${name}: ${shown}`;
  return line`${what} is held by ${lock.agent} ${held}${purpose}; ${untilEndText(lock, nowMs)} unless renewed`;
}

/** The rest can be committed by itself. */
function committing({ verdicts, typing, agent, isOurCommit, merge }: About): string[] {
  if (merge === 'ends')
    return ['the merge is not undone: git commit ends it later, git merge --abort puts back what was before'];
  if (merge === 'begins')
    return ['nothing is merged, and no file was changed: merge again when what is locked was given back'];
  const rest = verdicts.filter(({ passes }) => passes).map(({ name }) => name);
  const refused = verdicts.filter(({ passes }) => !passes).map(({ name }) => name);
  if (rest.length === 0) return [];
  const own = agent === null ? [] : asAgent(agent);
  if (isOurCommit)
    return rest.length <= shownMax && rest.every(canBeTyped)
      ? [`to commit the rest: ${typing.rhema('commit', ...own, '--', ...rest.map(typing.name))}`]
      : [];
  if (rest.length <= shownMax && rest.every(canBeTyped))
    return [`to commit the rest: git commit -- ${rest.map(fromTop).join(' ')}`];
  return refused.length <= shownMax && refused.every(canBeTyped)
    ? [`to leave them out: git restore --staged -- ${refused.map(fromTop).join(' ')}`]
    : [];
}

/** A commit is of nobody where neither its environment nor a process around it says whose it is. */
function sayingWho(refused: readonly Verdict[], { typing, isOurCommit }: About): string[] {
  const holders = [...new Set(refused.flatMap(({ locks }) => locks.map((lock) => lock.agent)))];
  const [only] = holders;
  if (only === undefined) return [];
  const who = holders.length === 1 ? only : 'one of them';
  const name = holders.length === 1 ? only : 'NAME';
  const said = isOurCommit
    ? typing.rhema('commit', '--agent', name, '...')
    : `RHEMA_AGENT=${shellWord(name)} git commit ...`;
  return [line`if you are ${who}, say so: ${said}`];
}

/** As Git takes it in whichever folder: a hook runs at the top, and its reader may be elsewhere. */
const fromTop = (path: string): string =>
  shellWord(/[*?[\\]|^:/.test(path) ? `:(top,literal)${path}` : `:/${path}`);

/** Not with a line break in it, nor where it is no UTF-8, which is shown by the character for that. */
const canBeTyped = (path: string): boolean => safe(path) === path && !path.includes('\ufffd');

const namesOf = (verdicts: readonly Verdict[], typing: Typing): string[] => [
  ...new Set(
    verdicts.map(({ path, scope, name }) =>
      typing.name(shownName({ scope: path ?? scope ?? (name as ScopePath) })),
    ),
  ),
];

const asAgent = (agent: AgentId | null): string[] => ['--agent', agent ?? 'NAME'];
