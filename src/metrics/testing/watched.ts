/** For tests of the figures: what a page says, and a service that is watched. */
import type { Entry, ScopePath } from '../../core/index.ts';
import { openService, type Service } from '../../service/index.ts';
import { MemoryLog, MemoryLogStore } from '../../store/memory/index.ts';
import { ManualTime } from '../../time/index.ts';
import { Metrics, type Page } from '../metrics.ts';
import type { KnownNames } from '../series.ts';

export const names: KnownNames = {
  rules: ['DEPENDENCY_CYCLE', 'CONTEXT_FILE_CHANGED'],
  routes: ['/healthz', '/metrics'],
  version: '1.2.3',
};

export const checks = {
  log: true,
  agent_coordination: true,
  lock_consistency: true,
  sync_status: true,
  safety_invariants: false,
};

export const facts = { startedAtMs: 1_700_000_000_000, memoryBytes: () => 42, cpuSeconds: () => 1.5 };

export interface Watched {
  readonly service: Service;
  readonly metrics: Metrics;
  readonly time: ManualTime;
  readonly entries: () => Promise<readonly Entry[]>;
  readonly page: () => Promise<Samples>;
}

/** A service on a log in memory, with scopes `a` to `d`, `d` depending on `c`. */
export async function openWatched(log = new MemoryLog(), time = new ManualTime()): Promise<Watched> {
  const store = new MemoryLogStore(log);
  const metrics = new Metrics(names, time, facts);
  const service = await openService({
    store,
    clock: time,
    timers: time,
    host: { hostId: 'host-1', bootId: 'boot-1' },
    options: { checkInvariants: 'always', observer: metrics, stopwatchMs: () => time.monotonicMs() },
  });
  const scopes = ['a', 'b', 'c', 'd'].map((path) => ({
    path: path as ScopePath,
    name: path,
    type: 'package',
    dependencies: path === 'd' ? ['c' as ScopePath] : [],
  }));
  await service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
  const sources = {
    figures: () => service.figures(),
    health: async () => service.health(),
    checks: async () => checks,
    logBytes: () => 4_096,
    streams: () => 3,
  };
  return {
    service,
    metrics,
    time,
    entries: async () => {
      const page = await store.read(1 as Entry['revision'], 100_000);
      return page.kind === 'entries' ? page.entries : [];
    },
    page: async () => new Samples(await metrics.page(sources)),
  };
}

/** What a page in the text format of Prometheus says. */
export class Samples {
  /** By series with its labels in alphabetical order: `name{a="1",b="2"}`. */
  readonly values = new Map<string, number>();
  readonly text: string;

  constructor({ text }: Page) {
    this.text = text;
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`no sample: ${line}`);
      this.values.set(keyOf(name, labelsIn(labels)), Number(value));
    }
  }

  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    return this.values.get(keyOf(name, labels));
  }

  /** Of one series, what is not 0, by its labels. */
  of(name: string): Record<string, number> {
    const found = [...this.values].filter(([key, value]) => key.split('{', 1)[0] === name && value !== 0);
    return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length), value]));
  }

  /** Every label with what it says, but `le`, which is a bound. */
  labels(): (readonly [series: string, label: string, value: string])[] {
    return [...this.values.keys()].flatMap((key) => {
      const [name = ''] = key.split('{', 1);
      return Object.entries(labelsIn(key.slice(name.length + 1, -1)))
        .filter(([label]) => label !== 'le')
        .map(([label, value]) => [name, label, value] as const);
    });
  }
}

export function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? name : `${name}{${pairs.map(([key, value]) => `${key}="${value}"`).join(',')}}`;
}

function labelsIn(text: string): Record<string, string> {
  const pairs = text.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, label = '', value = '']) => [label, value]));
}
