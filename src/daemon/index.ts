export { runOwner } from './owner.ts';
export { openDirect, type OpenOptions } from './wire-up.ts';
