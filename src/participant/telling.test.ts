import { expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../core/index.ts';
import type { AgentSession } from './session.ts';
import { isToBeKept } from './telling.ts';

const session = { agent: 'alice', epoch: 3, secret: 's', toldUpTo: 10, toldUpToLogMs: 5 } as AgentSession;
const at = (revision: number) => ({ revision: asRevision(revision), logMs: asTimeMs(60) });

it.each([
  ['what was told of later revisions', 11, true, true],
  ['what was told of the same revision, as time went by', 10, true, true],
  ['not what was told of an earlier one', 9, true, false],
  ['not each call to which nothing was said', 11, false, false],
  ['after many revisions that there was nothing to say', 600, false, true],
])('%s is kept', (_what, revision, wasTold, isKept) => {
  expect(isToBeKept(session, at(revision), wasTold)).toBe(isKept);
});
