/** The series as `prom-client` keeps them, in a registry of their own. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { must } from '../core/index.ts';
import type { Series, SeriesKey } from './series.ts';

type Said = Readonly<Record<string, string>>;

/** A counter with so many series at most shows each from the start, so that its first step is seen as one. */
const shownFromStartMax = 64;

export class Instruments {
  readonly #series: Readonly<Record<SeriesKey, Series>>;
  readonly #registry = new Registry();
  readonly #counters = new Map<SeriesKey, Counter>();
  readonly #gauges = new Map<SeriesKey, Gauge>();
  readonly #histograms = new Map<SeriesKey, Histogram>();

  constructor(series: Readonly<Record<SeriesKey, Series>>) {
    this.#series = series;
    for (const [key, one] of Object.entries(series) as [SeriesKey, Series][]) this.#declare(key, one);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  count(key: SeriesKey, said: Said = {}, by = 1): void {
    must(this.#counters.get(key), key).inc(this.#bounded(key, said), by);
  }

  /** Of a counter that somebody else counts. */
  countTo(key: SeriesKey, value: number): void {
    const counter = must(this.#counters.get(key), key);
    counter.reset();
    counter.inc(value);
  }

  set(key: SeriesKey, value: number, said: Said = {}): void {
    must(this.#gauges.get(key), key).set(this.#bounded(key, said), value);
  }

  observe(key: SeriesKey, value: number, said: Said = {}): void {
    must(this.#histograms.get(key), key).observe(this.#bounded(key, said), value);
  }

  /** What a label may not say is `other`. */
  #bounded(key: SeriesKey, said: Said): Said {
    const { labels } = this.#series[key];
    return Object.fromEntries(
      Object.entries(labels).map(([label, values]) => {
        const value = said[label] ?? '';
        return [label, values.includes(value) ? value : 'other'];
      }),
    );
  }

  #declare(key: SeriesKey, { name, help, type, labels, buckets }: Series): void {
    const common = { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
    if (type === 'gauge') this.#gauges.set(key, new Gauge(common));
    else if (type === 'histogram')
      this.#histograms.set(key, new Histogram({ ...common, buckets: [...buckets] }));
    else {
      const counter = new Counter(common);
      this.#counters.set(key, counter);
      const combinations = combinationsOf(labels);
      if (combinations.length <= shownFromStartMax) for (const said of combinations) counter.inc(said, 0);
    }
  }
}

function combinationsOf(labels: Series['labels']): readonly Said[] {
  return Object.entries(labels).reduce<readonly Said[]>(
    (known, [label, values]) => known.flatMap((said) => values.map((value) => ({ ...said, [label]: value }))),
    [{}],
  );
}
