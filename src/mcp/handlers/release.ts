import { namesOf, shownTarget, type Rejection } from '../../core/index.ts';
import { release as releaseOf } from '../../participant/desk/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { refusalAnswer } from '../refusals.ts';
import { ownNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import { changedBy, type AgentHandler } from './handler.ts';

/** Gives back what is held of the named scopes, and the place of whoever waits for them; without names, everything. */
export const release: AgentHandler<'lock_release'> = async (work, { agent }, input) => {
  const named = input.scopes ?? [];
  const { wish, free } =
    named.length === 0 ? everything : await ownNamed(work.workspace, agent.session.agent, named);
  const notLocked = free.map(
    (file) => `FREE ${quoted(file)}: it needs no lock, there was nothing to give back.`,
  );
  if (wish !== null && namesOf(wish).length === 0)
    return told(notLocked.join('\n'), { released: [], ticket: null });
  const changed = await changedBy(work, agent, wish);
  const { released: targets, gaveUp, refusal } = await releaseOf(agent, wish, changed);
  const released = targets.map(shownTarget);
  const parts = [
    ...(released.length === 0 ? [] : [`RELEASED ${released.map(quoted).join(', ')}.`]),
    ...(gaveUp === null ? [] : [`Gave up ticket ${gaveUp.ticket}.`]),
  ];
  const done = [...(parts.length === 0 ? [] : [parts.join(' ')]), ...notLocked].join('\n');
  const facts = { released, ticket: gaveUp?.ticket ?? null };
  if (refusal === null) return told(done === '' ? nothingHeld : done, facts);
  const answer = notOurs.has(refusal.code)
    ? refusalAnswer(refusal, { next: lookFirst })
    : await informedRefusal(work, agent, refusal);
  return partly(answer, done, facts);
};

const everything = { wish: null, free: [] };

/** What was to be given back is the agent's no more. */
const notOurs: ReadonlySet<Rejection['code']> = new Set(['LOCK_NOT_HELD', 'STALE_FENCING_TOKEN']);
const lookFirst =
  'if you have edited there, stop: lock_check says what happened, and who has it now. Name only what you hold.';

const nothingHeld = 'You hold nothing: there was nothing to give back.';

/** Of a release that was refused, what was done before stands below it. */
function partly(refused: ToolAnswer, done: string, facts: ToolAnswer['facts']): ToolAnswer {
  if (done === '') return refused;
  return { ...refused, text: `${refused.text}\n${done}`, facts: { ...refused.facts, ...facts } };
}
