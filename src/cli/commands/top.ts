import { runTop } from '../../top/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { createStyle } from '../format/style.ts';
import { whyText } from '../format/why.ts';
import { exitCodeAfter, untilSignal } from '../process/signals.ts';

/** Agents and locks on the whole terminal, until the person has enough. */
export async function showTop(call: Call): Promise<Outcome> {
  refuseWithoutTerminal(call);
  const { ports, world } = call;
  const coordinator = await call.coordinator();
  const { server, worktree, commonDir } = await call.repository();
  const screen = await ports.screen();
  let interrupted = false;
  const code = await untilSignal(ports, async (signal) => {
    const end = await runTop(
      {
        coordinator,
        screen,
        time: ports.clock,
        place: server ?? worktree ?? commonDir,
        operator: world.operator(),
        newRequestId: () => world.newRequestId(),
        mayRevoke: mayRevoke(call),
        paint: (emphasis, text) => call.style.paint(emphasis, text),
        words: {
          story: (answer, columns, nowMs) =>
            whyText(createStyle({ color: false, columns }), answer, nowMs, {
              isPast: false,
              crowd: null,
            }).split('\n'),
        },
      },
      signal,
    );
    interrupted = end === 'interrupted';
  });
  return ended(interrupted ? exitCodeAfter('SIGINT') : code);
}

/** Where nobody can tell, the coordinator refuses it when it is asked. */
const mayRevoke = (call: Call): Promise<boolean> =>
  call.principal().then(
    (who) => who === null || who.role === 'operator',
    () => true,
  );

function refuseWithoutTerminal(call: Call): void {
  const { stdin, stdout, env } = call.ports;
  const instead = `${call.rhema('status', '--watch')} goes on below the last line, and with --json it writes one line for each change`;
  if (call.json)
    throw usageError(
      `rhema top is drawn for people: ${call.rhema('status', '--watch', '--json')} is for programs`,
    );
  if (!stdin.isTTY || !stdout.isTTY)
    throw usageError(`rhema top needs a terminal for its keys and its screen: ${instead}`);
  if (env['TERM'] === 'dumb')
    throw usageError(`rhema top needs a terminal that can move its cursor, and TERM is dumb: ${instead}`);
}
