import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileChange } from '../../../init/index.ts';
import type { Call } from '../../call.ts';
import { invalidInput } from '../../answer/errors.ts';
import { line } from '../../format/text.ts';
import { addServer } from '../client-config.ts';
import { addAgentsMd, agentsMdFile } from './agents-md.ts';
import { Draft } from './draft.ts';
import { targetNamed } from './hooks.ts';

/** What `rhema init --client` writes besides. */
export interface ClientPlan {
  /** Whether a client is named. */
  readonly isAny: boolean;
  readonly changes: readonly FileChange[];
  /** As a diff. */
  readonly patch: string;
  /** What is left as it is, and what there is to know once it is written. */
  readonly told: readonly string[];
}

export interface ClientWish {
  readonly clients: readonly string[];
  /** Also where there is no AGENTS.md yet. */
  readonly agentsMd: boolean;
}

/** The tools and the hooks of clients, and a word to their agents. */
export async function planClients(call: Call, { clients, agentsMd }: ClientWish): Promise<ClientPlan> {
  const { worktree } = await call.repository();
  if (worktree === null) throw invalidInput('this repository has no working tree to write to');
  const draft = new Draft(worktree);
  const told: string[] = [];
  for (const name of new Set(clients)) {
    const target = targetNamed(name, (one) => one.print !== undefined);
    if (target.print === undefined)
      throw invalidInput(`${name} is no client: use rhema hooks install ${name}`);
    told.push(...addServer(call, draft, name));
    const plan = await target.install(call, draft);
    told.push(...plan.left, ...plan.told);
  }
  const hasFile = existsSync(join(worktree, agentsMdFile));
  if (agentsMd || (clients.length > 0 && hasFile)) addAgentsMd(draft);
  else if (clients.length > 0) told.push(line`${agentsMdFile} is not there: --agents-md writes it`);
  const changes = draft.changes();
  const patch = changes.length === 0 ? '' : await call.world.scopeFiles.patch(changes);
  return { isAny: clients.length > 0, changes, patch, told: [...new Set(told)] };
}
