/** What is pushed was committed under the locks that it needed: for what went past the hook of the commit. */
import type { CommitsWish } from '../../repository/index.ts';
import type { Finding } from '../../safety/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome, type Refused } from '../answer/outcome.ts';
import { findingsText } from '../format/findings.ts';
import { findingOf, judgeRange, refusedText, toldOf } from './guard-range.ts';

/**
 * Where nothing was ever logged nobody can have held anything. The log of a server is not here to be read, and one that lies here as well
 * tells of others: the commits were judged as they were made. Git names on standard input what it is about to push. */
export async function judgePush(call: Call): Promise<Outcome> {
  const repository = await call.repository();
  if (repository.server !== undefined) return ended(exitCodes.done);
  const { database, databaseExists } = await call.world.inspection.stateFiles(repository);
  const pushed = wishesIn(await call.world.readInput(call.cwd, null));
  if (!databaseExists || pushed.length === 0) return ended(exitCodes.done);
  const found = await Promise.all(
    pushed.map((wish) => judgeRange(call, wish, () => call.world.logs.open(database))),
  );
  const refused = [
    ...new Map(found.flatMap((each) => each.refused).map((each) => [keyOf(each), each])).values(),
  ];
  if (refused.length === 0) return ended(exitCodes.done);
  const commits = new Set(found.flatMap((each) => each.commits).map(({ id }) => id));
  const older = new Set(found.flatMap((each) => each.older).map(({ id }) => id));
  return refusal(
    call,
    refusedText(refused, commits.size, older.size),
    refused.map(toldOf),
    refused.map((each) => findingOf(each, call.nowMs)),
  );
}

const keyOf = ({
  commit,
  name,
}: {
  readonly commit: { readonly id: string };
  readonly name: string;
}): string => `${commit.id} ${name}`;

/** `<local ref> <local object> <remote ref> <remote object>`, one a line; an object of zeros is none. */
function wishesIn(text: string): CommitsWish[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , remote = ''] = line.split(' ');
    if (isNone(local)) return [];
    return { range: local, notOnRemotes: true, without: isNone(remote) ? [] : [remote] };
  });
}

const isNone = (object: string): boolean => /^0*$/.test(object);

function refusal(
  call: Call,
  message: string,
  told: readonly object[],
  findings: readonly Finding[],
): Refused {
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'WRITE_REFUSED',
    message,
    details: { refused: told },
    lines: [message, ...findingsText(call.errorStyle, findings).split('\n')],
  };
}
