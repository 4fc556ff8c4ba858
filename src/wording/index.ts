/** What things are called, whichever face says it: no colours, no commands of one face. */
export { commandWords, ticketEndWords, violationEndWords } from './command-words.ts';
export { count, duration, timeLeft } from '../core/index.ts';
export { authorText, eventText, type Quoting } from './event-words.ts';
export { lockEndText } from './lock-ends.ts';
export { formerHolderTexts, noticeText, restText } from './notice-words.ts';
export { leadFrom, type KnownScope, type Lead, type NamedPath, type NearestPath } from './scope-lead.ts';
export { impactText } from './impact-words.ts';
export { messageLead } from './message-words.ts';
export { vainEnds } from './vain-ends.ts';
export { shownLock } from './shown-lock.ts';
export { someNames } from './some-names.ts';
export { holdersOfPlaces } from './places.ts';
export { safe } from './safe.ts';
export { displayWidth, shortened, shortenedAtStart, wrap } from './width.ts';
