/** What can be said in each model of the specification: one file for each module `MC...`. */
import type { Alphabet, Constants } from '../slice.ts';
import { bounds } from './bounds.ts';
import { configure } from './configure.ts';
import { context } from './context.ts';
import { dead } from './dead.ts';
import { everything } from './everything.ts';
import { files, moves, slots } from './targets.ts';
import { forgedCommands } from './forged.ts';
import { graph } from './graph.ts';
import { hold } from './hold.ts';
import { lengths } from './lengths.ts';
import { locks } from './locks.ts';
import { messages } from './messages.ts';
import { multi } from './multi.ts';
import { redefine } from './redefine.ts';
import { requests } from './requests.ts';
import { runners } from './runners.ts';
import { sessions } from './sessions.ts';
import { several, together } from './several.ts';
import { status } from './status.ts';
import { sync } from './sync.ts';
import { takeOver } from './take-over.ts';
import { violations } from './violations.ts';
import { tokens } from './tokens.ts';

/** By name of the module. */
export const alphabets: Readonly<Record<string, (constants: Constants) => Alphabet>> = {
  MCBounds: bounds,
  MCConfigure: configure,
  MCContext: context,
  MCDead: dead,
  MCEverything: everything,
  MCFiles: files,
  MCForged: forgedCommands,
  MCGraph: graph,
  MCHold: hold,
  MCLengths: lengths,
  MCLocks: locks,
  MCMessages: messages,
  MCMoves: moves,
  MCMulti: multi,
  MCRedefine: redefine,
  MCRequests: requests,
  MCRunners: runners,
  MCSessions: sessions,
  MCSlots: slots,
  MCSeveral: several,
  MCStatus: status,
  MCSync: sync,
  MCTakeOver: takeOver,
  MCTogether: together,
  MCTokens: tokens,
  MCViolations: violations,
};
