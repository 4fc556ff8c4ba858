import type { Socket } from 'node:net';

/**
 * Waits until the system has taken most of what was written. False when that takes longer than `timeoutMs`: the other
 * side does not read. True at once when there is room, and when the socket is gone.
 */
export function drained(socket: Socket, timeoutMs: number): Promise<boolean> {
  if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (isDrained: boolean): void => {
      clearTimeout(timer);
      socket.off('drain', onDrain);
      socket.off('close', onDrain);
      resolve(isDrained);
    };
    const onDrain = (): void => done(true);
    const timer = setTimeout(() => done(false), timeoutMs);
    socket.once('drain', onDrain);
    socket.once('close', onDrain);
  });
}
