/** One subcommand of Git, and what its row of the table may say of it. */
import { argumentsOf, type Arguments } from './arguments.ts';
import { beginningOf, type Field } from './fields.ts';
import type { Findings } from './findings.ts';
import { withoutMarks } from './places.ts';
import { pathspecField } from './pathspecs.ts';
import type { DroppedCommits, GitKind } from './reading.ts';

export interface GitForms {
  /** Options that take a value, in the next word or attached. */
  readonly valued?: string;
  /** Options whose value can only be attached. */
  readonly attached?: string;
  /** Other long options that are asked about. */
  readonly asked?: string;
  /** What is short for `--no-verify`. */
  readonly noVerify?: readonly string[];
}

export interface GitCalled {
  readonly args: readonly Field[];
  readonly folder: string | null;
  /** Variables that are set for it. */
  readonly assigned: readonly string[];
  readonly input: string | null;
}

/** See `GitOperation`. */
export interface OperationOptions {
  readonly orPath?: string | null;
  readonly entry?: string | null;
  readonly drops?: DroppedCommits | null;
}

/** One subcommand, as its row of the table sees it. */
export class GitCall {
  readonly args: Arguments;
  readonly input: string | null;
  readonly #folder: string | null;
  readonly #skipsHooks: boolean;
  readonly #findings: Findings;
  readonly #name: string;

  constructor(command: GitForms, called: GitCalled, name: string, skipsHooks: boolean, findings: Findings) {
    this.args = argumentsOf(called.args, {
      valued: new Set((command.valued ?? '').split(' ')),
      attached: new Set((command.attached ?? '').split(' ')),
      asked: new Set((command.asked ?? '').split(' ')),
    });
    this.input = called.input;
    this.#folder = called.folder;
    this.#findings = findings;
    this.#name = `git ${name}`;
    this.#skipsHooks = skipsHooks || this.has('--no-verify', ...(command.noVerify ?? []));
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.args.options.has(name));
  }

  value(...names: readonly string[]): Field | undefined {
    return names.flatMap((name) => this.args.options.get(name) ?? []).at(-1);
  }

  get operands(): readonly Field[] {
    return this.args.operands;
  }

  /** The operands behind `--`, if it is there. */
  get afterDashes(): readonly Field[] | null {
    const { operands, beforeDashes } = this.args;
    return beforeDashes === null ? null : operands.slice(beforeDashes);
  }

  operation(
    kind: GitKind,
    paths: readonly Field[] | null = null,
    { orPath = null, entry = null, drops = null }: OperationOptions = {},
  ): void {
    this.#findings.git({
      kind,
      folder: this.#folder,
      paths:
        paths === null || paths.length === 0 ? null : paths.map((path) => withoutMarks(beginningOf(path))),
      arePathsKnown: paths?.every(({ kind: known }) => known === 'text') ?? true,
      orPath: orPath === null ? null : withoutMarks(orPath),
      entry: entry === null ? null : withoutMarks(entry),
      drops: drops === null ? null : plain(drops),
      skipsHooks: this.#skipsHooks,
    });
  }

  /** Files of the working tree that are written, each with all that is below it. */
  writes(paths: readonly Field[]): void {
    for (const path of paths) {
      const field = pathspecField(path);
      if (field !== null)
        this.#findings.write(this.#name, this.#folder, field, { how: 'tree', replaces: true });
    }
  }

  /** A path that is no pathspec. */
  writesPlain(path: Field, inside: string | null = null): void {
    this.#findings.write(this.#name, this.#folder, path, { how: 'tree', inside, replaces: true });
  }

  writesFile(path: Field): void {
    this.#findings.write(this.#name, this.#folder, path);
  }

  unjudged(why: 'alias' | 'arguments'): void {
    this.#findings.unjudge(this.#name, why);
  }
}

/** What names a revision is no folder. */
const plain = ({ range, branch, ...rest }: DroppedCommits): DroppedCommits => ({
  range: withoutMarks(range),
  branch: withoutMarks(branch),
  ...rest,
});
