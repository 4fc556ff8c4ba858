/** What one model of the specification looks at. Its constants are read from the very file that TLC reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, FilePath, ResourceName, ScopePath } from '../../src/core/index.ts';
import { agentId, scopePath } from '../support/machine.ts';
import type { Act, Fault } from './alphabet.ts';
import { alphabets } from './slices/index.ts';

export interface Slice {
  /** Of the configuration file, for example `Locks22c2`. */
  readonly name: string;
  /** The TLA+ module that the configuration belongs to, for example `MCLocks`. */
  readonly module: string;
  readonly constants: Constants;
  readonly alphabet: Alphabet;
}

/** What a model starts from and what can happen in it. */
export interface Alphabet {
  /** What has been said before the exploration starts. */
  readonly prelude: readonly Act[];
  readonly acts: readonly Act[];
  /** What can befall the processes of the agents. */
  readonly faults?: readonly Fault[];
}

/** The constants of the specification, named as in the core. Lengths of time are in units; 0: the clock is off. */
export interface Constants {
  readonly agents: readonly AgentId[];
  readonly scopes: readonly ScopePath[];
  readonly files: readonly FilePath[];
  readonly resources: readonly ResourceName[];
  /** Slots of each resource. */
  readonly capacity: number;
  readonly maxConcurrentAgents: number;
  readonly maxLocksPerAgent: number;
  readonly maxFilesPerAgent: number;
  readonly maxResourcesPerAgent: number;
  readonly maxDependencies: number;
  readonly maxScopeDepth: number;
  readonly maxRetries: number;
  readonly dependencyChecking: boolean;
  readonly lockTtl: number;
  readonly sessionTtl: number;
  readonly deadGrace: number;
  readonly maxBlock: number;
  readonly maxHold: number;
  readonly waitFor: number;
  /** 0: no pause. */
  readonly backoff: number;
  readonly requestIds: readonly string[];
  /** Unread messages that are kept for one agent; of interest only to the models that have messages. */
  readonly maxUnread: number;
  /** How many may have given way in one inbox before a model sends no more. */
  readonly maxGaveWay: number;
}

/** From the root of the repository, where tests and scripts run. */
export const modelsFolder = 'spec/models';

export function loadSlice(name: string): Slice {
  const text = readFileSync(join(modelsFolder, `${name}.cfg`), 'utf8');
  const [, module] = /^\\\* Module: (\w+)$/m.exec(text) ?? [];
  const alphabetOf = alphabets[module ?? ''];
  if (module === undefined || alphabetOf === undefined)
    throw new Error(`${name}.cfg belongs to ${module ?? 'no module'}, for which there is no alphabet`);
  const constants = parseConstants(text);
  return { name, module, constants, alphabet: alphabetOf(constants) };
}

/** Reads the constants of a TLC configuration file. Throws when one is missing. */
export function parseConstants(text: string): Constants {
  const values = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^\s*(\w+)\s*=\s*(.+?)\s*$/gm))
    if (name !== undefined && value !== undefined) values.set(name, value);
  const valueOf = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`the configuration gives no value to ${name}`);
    return value;
  };
  const count = (name: string): number => {
    const value = Number(valueOf(name));
    if (!Number.isSafeInteger(value)) throw new TypeError(`${name} is ${valueOf(name)}, not a number`);
    return value;
  };
  const names = (name: string): string[] =>
    [...valueOf(name).matchAll(/"([^"]+)"/g)].map(([, text = '']) => text).sort();
  return {
    agents: names('Agent').map(agentId),
    scopes: names('Scope').map(scopePath),
    files: names('File') as FilePath[],
    resources: names('Resource') as ResourceName[],
    capacity: count('Capacity'),
    maxConcurrentAgents: count('MaxConcurrent'),
    maxLocksPerAgent: count('MaxLocks'),
    maxFilesPerAgent: count('MaxFiles'),
    maxResourcesPerAgent: count('MaxResources'),
    maxDependencies: count('MaxDeps'),
    maxScopeDepth: count('MaxDepth'),
    maxRetries: count('MaxRetries'),
    dependencyChecking: valueOf('DependencyChecking') === 'TRUE',
    lockTtl: count('LockTtl'),
    sessionTtl: count('SessionTtl'),
    deadGrace: count('DeadGrace'),
    maxBlock: count('MaxBlock'),
    maxHold: count('MaxHold'),
    waitFor: count('WaitFor'),
    backoff: count('Backoff'),
    requestIds: names('RequestId'),
    maxUnread: values.has('MaxUnread') ? count('MaxUnread') : 1,
    maxGaveWay: values.has('MaxGaveWay') ? count('MaxGaveWay') : 0,
  };
}
