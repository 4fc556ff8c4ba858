/** `npm run transcript`: records the README's transcript anew, from a real run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../withstand/support/paths.ts';
import { withTranscript } from './document.ts';
import { recordTranscript } from './record.ts';

const readme = join(packageRoot, 'README.md');
const transcript = await recordTranscript();
writeFileSync(readme, withTranscript(readFileSync(readme, 'utf8'), transcript));
process.stdout.write(`${transcript}\n`);
