import type { Settings } from '../../src/core/index.ts';
import type { Checkout } from './checkout.ts';
import type { Answer } from './face.ts';

/**
 * The settings are no command: they are in a file, and `refresh` has the owner read it. What is told to wait is what the
 * core refuses for now; it is undone, for else it would take effect as soon as nobody works, without anybody saying it again.
 */
export async function configure(
  checkout: Checkout,
  settings: Settings,
  refresh: () => Promise<Answer>,
): Promise<Answer> {
  const former = checkout.settings;
  checkout.writeSettings(settings);
  const answer = await refresh();
  if (answer.code !== waiting) return answer;
  checkout.writeSettings(former);
  const { code, revision } = await refresh();
  return { code: code === null ? inUse : `${inUse}, and undone ${code}`, revision, told: {} };
}

const waiting = 'SETTINGS_WAIT';
const inUse = 'SETTINGS_IN_USE';
