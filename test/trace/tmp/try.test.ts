import { it, expect } from 'vitest';
import { writeFileSync } from 'node:fs';
import { simulatedLog } from '/work/main/sim/simulate.ts';
import { validateTrace } from '/work/main/test/trace/validate.ts';
import { translate } from '/work/main/test/trace/translate.ts';
it('x', async () => {
  for (const seed of (process.env['SEEDS'] ?? '1').split(',').map(Number)) {
    const log = await simulatedLog(seed, 150);
    writeFileSync('/tmp/TraceLog.tla', translate(log).at(-1)!.module);
    writeFileSync('/tmp/Trace.const', translate(log).at(-1)!.config);
    const started = performance.now();
    try { console.log(seed, log.length, await validateTrace(log), Math.round(performance.now()-started)); } catch (e) { console.log(seed, String(e).slice(-3000)); }
  }
}, 600000);
