import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { configBlock, formatDuration, options } from '../../src/config/index.ts';
import type { DurationMs, ScopeDefinition, ScopePath, Settings } from '../../src/core/index.ts';

/** A Git repository in a temporary folder: its scope files are the graph, the file at its top the settings. */
export class Checkout {
  readonly worktree = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-paths-')));
  readonly commonDir = join(this.worktree, '.git');
  #settings: Settings | null = null;

  constructor() {
    execFileSync('git', ['init', '--quiet', this.worktree]);
  }

  /** Has these settings and this graph, and no other scopes. */
  begin(settings: Settings, scopes: readonly ScopeDefinition[]): void {
    for (const name of readdirSync(this.worktree)) if (name !== '.git') this.#remove(name);
    this.writeSettings(settings);
    for (const scope of scopes) this.writeScope(scope);
  }

  /** As they were written last. */
  get settings(): Settings {
    if (this.#settings === null) throw new Error('no settings were written');
    return this.#settings;
  }

  writeSettings(settings: Settings): void {
    this.#settings = settings;
    this.#write('.', { name: 'root', scope_type: 'library', [configBlock]: configuration(settings) });
  }

  writeScope({ path, name, type, dependencies }: ScopeDefinition): void {
    const targets = dependencies.map((target) => ({ path: `/${target}` }));
    this.#write(path, { name, scope_type: type, dependencies: targets });
  }

  /** A context file of a scope. */
  writeFile(scope: ScopePath, file: string, content: string): void {
    mkdirSync(join(this.worktree, scope), { recursive: true });
    writeFileSync(join(this.worktree, scope, file), content);
  }

  removeScope(path: ScopePath): void {
    this.#remove(path);
  }

  remove(): void {
    rmSync(this.worktree, { recursive: true, force: true });
  }

  #remove(name: string): void {
    rmSync(join(this.worktree, name), { recursive: true, force: true });
  }

  #write(path: string, content: object): void {
    const folder = join(this.worktree, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rhema.yaml'), stringify({ ...content, version: '1.0.0' }));
  }
}

/** The `agent_coordination` block that makes these settings. */
function configuration(settings: Settings): object {
  const block: Record<string, unknown> = {};
  for (const { key, field, type } of options) {
    if (!(field in settings)) continue;
    const value = settings[field as keyof Settings];
    const [, ...names] = key.split('.');
    put(block, names, valueAsWritten(type, value));
  }
  return block;
}

function valueAsWritten(type: (typeof options)[number]['type'], value: Settings[keyof Settings]): unknown {
  if (type === 'duration') return formatDuration(value as DurationMs);
  return type === 'resources' ? resourcesAsWritten(value as Settings['resources']) : value;
}

/** Without the one that is there unasked. */
function resourcesAsWritten(resources: Settings['resources']): object {
  const declared = Object.entries(resources).filter(([name]) => name !== '@git');
  return Object.fromEntries(declared.map(([name, capacity]) => [name.slice(1), { capacity }]));
}

function put(block: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) block[name] = value;
  else put((block[name] ??= {}) as Record<string, unknown>, rest, value);
}
