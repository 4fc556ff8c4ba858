/** A commit in the light of the log: which agent made it, under which locks, and who held the file then. */
import { parseAgentIdForm, quote, type AgentId, type Revision } from '../../core/index.ts';
import type { CommitMade } from '../../repository/index.ts';
import { shownLock } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { line } from '../format/text.ts';
import { clockTime } from '../format/time.ts';

export interface CommitToExplain {
  readonly commit: CommitMade;
  /** The end of the second in which it was made. */
  readonly atMs: number;
  readonly changes: boolean;
}

/** `file`: from the top of the working tree. @throws CommandError INVALID_INPUT where there is no such commit. */
export async function commitNamed(call: Call, text: string, file: string): Promise<CommitToExplain> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const [commit] = (await inspection.commitsIn(repository, { range: text, newestOnly: true })) ?? [];
  if (commit === undefined) throw invalidInput(`${quote(text)} is no commit here: write one as for git show`);
  const files = (await inspection.filesOf(repository, [commit.id])).get(commit.id) ?? [];
  const changes = files.some((each) => each === file || each.startsWith(`${file}/`) || file === '.');
  return { commit, atMs: commit.committedAtMs + 999, changes };
}

/** What its trailers say, and what the log says to that. */
export async function commitLines(
  call: Call,
  { commit, changes }: CommitToExplain,
  file: string,
): Promise<string[]> {
  const { id, subject, committedAtMs, agent, tokens } = commit;
  const what = changes ? 'changes' : 'does not change';
  const parsed = parseAgentIdForm(agent ?? '');
  const grants = parsed.ok
    ? await Promise.all(tokens.map((token) => grantText(call, parsed.value, token)))
    : [];
  return [
    line`commit ${id.slice(0, 10)} (${subject}), made at ${clockTime(committedAtMs, call.nowMs)}, ${what} ${file}`,
    agent === null
      ? '  no trailer says which agent made it'
      : line`  made by ${agent}, as its trailer Rhema-Agent says`,
    ...grants,
  ];
}

/** By the log, in which a token is the revision of its grant. */
async function grantText(call: Call, agent: AgentId, token: number): Promise<string> {
  const asked = {
    kind: 'history',
    filter: { events: ['lock.granted'] },
    limit: 1,
    before: (token + 1) as Revision,
  } as const;
  const { entries } = await (await call.coordinator()).query(asked);
  const entry = entries.find(({ revision }) => revision === token);
  const granted =
    entry?.events.filter((event) => event.kind === 'lock.granted' && event.agent === agent) ?? [];
  const [first] = granted;
  if (entry === undefined || first?.kind !== 'lock.granted')
    return line`  token ${token}: the log knows of no such lock of ${agent}`;
  const purpose = first.reason === null ? '' : line`, for: ${first.reason}`;
  const more = granted.length > 1 ? ` and ${granted.length - 1} more` : '';
  return (
    line`  token ${token}: ${shownLock(first)}${more}, since ${clockTime(entry.atMs, call.nowMs)}` + purpose
  );
}
