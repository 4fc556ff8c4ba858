import { writeSync } from 'node:fs';
import { quickMcp } from './mcp/quick-mcp.ts';

/** Next to nothing of ours is loaded before this: what cannot be loaded is reported, too. */
export async function start(args: readonly string[]): Promise<void> {
  try {
    const mcp = quickMcp(args);
    if (mcp !== null) await (await import('./mcp/serve-mcp.ts')).serveMcp(mcp);
    process.exitCode =
      (args[0] === 'hook' ? await (await import('./hook/run-hook.ts')).runQuickly(args) : null) ??
      (await (await import('./command-line.ts')).runHere(args));
  } catch (error) {
    reportUnloaded(error, args);
    process.exitCode = 1;
  }
}

/** One line, or one JSON object, and no stack. */
function reportUnloaded(error: unknown, args: readonly string[]): void {
  const system = error instanceof Error && 'code' in error ? error.code : null;
  const tooFew = system === 'EMFILE' || system === 'ENFILE';
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const message = tooFew
    ? `${reason}; too few files may be open at once: raise that limit (ulimit -n)`
    : reason;
  const code = tooFew ? 'STORE_FAILURE' : 'INTERNAL';
  const envelope = { ok: false, revision: null, code, message, details: { system } };
  if (args.includes('--json')) writeSync(1, `${JSON.stringify(envelope)}\n`);
  else writeSync(2, `rhema: ${message} (${code})\n`);
  if (process.env['RHEMA_DEBUG'] === '1' && error instanceof Error) writeSync(2, `${error.stack ?? ''}\n`);
}
