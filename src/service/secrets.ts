import type { SessionId } from '../core/index.ts';
import { sessionIdOf } from '../protocol/index.ts';

/** Secrets whose digest is remembered: hashing costs more than the whole decision of a heartbeat. */
const rememberedMax = 4_096;

/** Turns an agent's secret into the session id that the log knows. */
export class SecretHasher {
  /** The one remembered longest comes first. */
  readonly #remembered = new Map<string, SessionId>();

  sessionOf(secret: string): SessionId {
    const known = this.#remembered.get(secret);
    if (known !== undefined) return known;
    const session = sessionIdOf(secret);
    this.#remembered.set(secret, session);
    if (this.#remembered.size > rememberedMax) this.#forgetOldest();
    return session;
  }

  #forgetOldest(): void {
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      return;
    }
  }
}
