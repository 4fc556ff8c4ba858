import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newRequestId, newSecret, type OwnerCommand } from '../../client/index.ts';
import type { AgentId, DurationMs, Epoch, Grant, Result, ScopePath } from '../../core/index.ts';
import type { CallerCommand, Coordinator } from '../../protocol/index.ts';

/** A Git repository of one test, with scopes. */
export class TestRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'rhema-repository-'));
  readonly commonDir = join(this.root, '.git');

  constructor(...scopes: readonly string[]) {
    execFileSync('git', ['init', '--quiet', this.root]);
    for (const scope of scopes) this.addScope(scope);
  }

  addScope(path: string, lines = ''): void {
    const folder = join(this.root, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rhema.yaml'), `name: ${path}\nscope_type: service\n${lines}`);
  }

  /** Starts the owner as the command line does, from the built files. */
  owner(version = '1.0.0'): OwnerCommand {
    return { file: process.execPath, args: ['--input-type=module', '-e', ownerScript, this.root, version] };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../../dist');
const ownerScript = `
  import { findRepository } from ${JSON.stringify(join(dist, 'repository/index.js'))};
  import { runOwner } from ${JSON.stringify(join(dist, 'daemon/index.js'))};
  const [cwd, version] = process.argv.slice(1);
  await runOwner({ repository: await findRepository({ cwd, env: {} }), version });
`;

/** An agent that has joined, with what it needs to speak for itself. */
export interface JoinedAgent {
  readonly agent: AgentId;
  readonly epoch: Epoch;
  readonly secret: string;
}

/** Submits a command that is expected to be accepted. */
export async function accepted(coordinator: Coordinator, command: CallerCommand): Promise<Result> {
  const reply = await coordinator.submit({ requestId: newRequestId(), command });
  if (!reply.ok) throw new Error(`${reply.rejection.code}: ${reply.rejection.message}`);
  return reply.result;
}

export async function joinAs(coordinator: Coordinator, name: string): Promise<JoinedAgent> {
  const [agent, secret] = [name as AgentId, newSecret()];
  const result = await accepted(coordinator, { kind: 'AgentJoin', agent, secret, metadata: {} });
  if (result.kind !== 'joined') throw new Error(result.kind);
  return { agent, secret, epoch: result.epoch };
}

export const acquire = (
  by: JoinedAgent,
  scope: string,
  { wait = false, ttlMs = null }: { readonly wait?: boolean; readonly ttlMs?: number | null } = {},
): CallerCommand => ({
  kind: 'AcquireLock',
  ...by,
  scopes: [scope as ScopePath],
  ttlMs: ttlMs as DurationMs | null,
  wait: wait ? { kind: 'queue', forMs: null } : { kind: 'none' },
  reason: null,
});

export const release = (by: JoinedAgent): CallerCommand => ({
  kind: 'ReleaseLock',
  ...by,
  scopes: null,
  token: null,
});

export function grants(result: Result): readonly Grant[] {
  if (result.kind !== 'granted') throw new Error(`not granted but ${result.kind}`);
  return result.locks;
}
