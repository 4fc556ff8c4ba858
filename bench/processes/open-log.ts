/** Opens the log in a folder as an owner does, says how long that took, and ends as if it were killed. */
import { argument } from '../harness/children.ts';
import { openLocalLog } from '../harness/local-log.ts';
import { timeMs } from '../harness/timing.ts';

const openMs = await timeMs(() => openLocalLog(argument(0)));
// A proper stop would keep a snapshot, and the next opening would have nothing to replay.
process.stdout.write(JSON.stringify(openMs), () => process.exit());
