export type * from './coordinator.ts';
export type * from './queries.ts';
