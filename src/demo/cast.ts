import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Briefing, Report, Role, Way } from './report.ts';

const script = fileURLToPath(new URL('./agent.js', import.meta.url));

/** How an agent process ended. */
export type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** An agent process as the director sees it. */
export class Actor {
  readonly name: string;
  readonly role: Role;
  readonly way: Way;
  readonly reports: Report[] = [];
  readonly ended: Promise<End>;
  #end: End | null = null;
  readonly #child: ChildProcess;
  readonly #listeners: ((report: Report) => void)[] = [];
  #complaint = '';

  constructor(briefing: Briefing) {
    this.name = briefing.name;
    this.role = briefing.role;
    this.way = briefing.way;
    this.#child = spawn(process.execPath, [script, JSON.stringify(briefing)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#complaint += chunk.toString()));
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) =>
        this.#hear(JSON.parse(line) as Report),
      );
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => {
        this.#end = { code, signal };
        resolve(this.#end);
      }),
    );
  }

  get end(): End | null {
    return this.#end;
  }

  /** What it wrote to standard error. */
  get complaint(): string {
    return this.#complaint;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first report of a kind, past or to come; null when the process ends without it. */
  async first<Kind extends Report['kind']>(kind: Kind): Promise<Extract<Report, { kind: Kind }> | null> {
    const isOfKind = (report: Report): report is Extract<Report, { kind: Kind }> => report.kind === kind;
    const told = this.reports.find(isOfKind);
    if (told !== undefined) return told;
    return new Promise((resolve) => {
      this.#listeners.push((report) => {
        if (isOfKind(report)) resolve(report);
      });
      void this.ended.then(() => resolve(null));
    });
  }

  #hear(report: Report): void {
    this.reports.push(report);
    for (const listener of this.#listeners) listener(report);
  }
}
