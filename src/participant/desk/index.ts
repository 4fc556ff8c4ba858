/**
 * Agents that are spoken for through a client, which says something only when it is called: many of them by one process,
 * each named by its calls, and told at its next call what happened since.
 */
export { acquire, type Acquired } from './acquiring.ts';
export { AgentDesk, type Found, type Joined } from './agent-desk.ts';
export type { ClientPresence } from './attendance.ts';
export type { DeskAgent } from './desk-agent.ts';
export type { NoName } from './enrolment.ts';
export type { Other } from './name-book.ts';
export type { Notice } from './notices.ts';
export type { Trouble } from './ports.ts';
export { record, type Recorded } from './recording.ts';
export { release } from './releasing.ts';
export { leave, report, send } from './reporting.ts';
export type { Seat, Seats } from './seats.ts';
export { write } from './writing.ts';
export { Visit, type News, type VisitingCall } from './visit.ts';
