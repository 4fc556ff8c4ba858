import { join } from 'node:path';
import { asRevision, type FencingToken, type ScopePath } from '../core/index.ts';
import { McpServer, type ToolAnswer } from './mcp-server.ts';
import { Notes } from './notes.ts';
import type { Acquired, Participant, Refusal } from './participant.ts';
import { notesFile, type Briefing } from './report.ts';

/** Less than clients allow a call; short enough that some agents have to ask again in the course of a play. */
const waitSeconds = 2;

/** Takes part as coding agents do: through the tools of `rhema mcp`, which renews what is held. */
export class McpParticipant implements Participant {
  readonly #briefing: Briefing;
  readonly #server: McpServer;

  private constructor(briefing: Briefing, server: McpServer) {
    this.#briefing = briefing;
    this.#server = server;
  }

  static async join(briefing: Briefing): Promise<McpParticipant> {
    const participant = new McpParticipant(briefing, await McpServer.start(briefing));
    await participant.#done('agent_join', { task: `demo ${briefing.role}` });
    return participant;
  }

  /** The tools tell files from scopes by themselves. */
  async acquire(name: ScopePath): Promise<Acquired> {
    for (;;) {
      const reason = `demo ${this.#briefing.role}`;
      const answer = await this.#call('lock_acquire', { scopes: [name], reason, wait_seconds: waitSeconds });
      if (answer.isError) return { kind: 'refused', refusal: refusalIn(answer) };
      const token = /^GRANTED .*\(token (\d+)\)/m.exec(answer.text)?.[1];
      if (token !== undefined) return { kind: 'granted', token: asRevision(Number(token)) };
      if (!answer.text.includes('WAITING')) throw new Error(`unexpected answer ${answer.text}`);
    }
  }

  /** Makes sure that it may, writes, and records what was written. */
  async write(
    scope: ScopePath,
    token: FencingToken,
    change: (before: string) => string,
  ): Promise<Refusal | null> {
    const path = scope === '.' ? notesFile : `${scope}/${notesFile}`;
    const allowed = await this.#call('lock_check', { path, token });
    if (allowed.isError) return refusalIn(allowed);
    // What others wait for stands before it.
    if (!/^You MAY write/m.test(allowed.text)) return { code: 'LOCK_NOT_HELD', message: allowed.text };
    const notes = new Notes(join(this.#briefing.worktree, scope, notesFile));
    const before = notes.read() ?? '';
    notes.write(change(before));
    const recorded = await this.#call('context_record', { path, token });
    if (!recorded.isError) return null;
    notes.write(before);
    return refusalIn(recorded);
  }

  async release(scope: ScopePath): Promise<void> {
    await this.#call('lock_release', { scopes: [scope] });
  }

  async leave(): Promise<void> {
    await this.#done('agent_report', { status: 'left' });
    this.#server.stop();
  }

  async #done(tool: string, args: Readonly<Record<string, unknown>>): Promise<void> {
    const { isError, text } = await this.#call(tool, args);
    if (isError) throw new Error(text);
  }

  #call(tool: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswer> {
    return this.#server.call(tool, { agent: this.#briefing.name, ...args });
  }
}

/** The code stands first, so that programs find it, too. */
function refusalIn({ text }: ToolAnswer): Refusal {
  return { code: /^[A-Z_]+(?=:)/m.exec(text)?.[0] ?? 'UNKNOWN', message: text };
}
