import { embeddedEngine } from './embedded-engine.ts';
import { closeInherited } from './inherited.ts';
import { endSoon } from './linger.ts';
import { ReadinessReport } from './readiness.ts';
import type { OpenOptions } from './wire-up.ts';

/**
 * Is the owner of a repository's log until it is asked to leave, is told to by a signal, or has been idle for long.
 * Resolves as soon as another process serves as the owner. Throws what keeps it from being one; whoever started it in
 * the background is told of that first.
 */
export async function runOwner(options: OpenOptions): Promise<void> {
  const readiness = new ReadinessReport(process.env);
  if (readiness.descriptor !== null) closeInherited(readiness.descriptor);
  // Whatever it creates is for its user only.
  process.umask(0o077);
  try {
    const { engine = embeddedEngine, repository } = options;
    const ownership = await engine.takeOwnership(repository.commonDir);
    if (ownership === null) return readiness.say({ ready: true });
    const { serveAsOwner } = await import('./owner-life.ts');
    await serveAsOwner(options, ownership, () => readiness.say({ ready: true })).finally(endSoon);
  } catch (error) {
    const { toFailure } = await import('./failures.ts');
    const failure = toFailure(error);
    readiness.say({ error: failure.toJSON() });
    throw failure;
  }
}
