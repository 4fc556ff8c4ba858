import { describe, expect, it } from 'vitest';
import { passedSocket, refuseOtherPlace, refuseReadable } from './passed-socket.ts';
import type { ServeWish } from './world.ts';

describe('a socket that is passed', () => {
  it('is the one after standard error, of this process alone', () => {
    expect(passedSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7)).toBe(3);
    expect(passedSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 8)).toBeNull();
    expect(passedSocket({ LISTEN_FDS: '1' }, 7)).toBeNull();
    expect(passedSocket({ LISTEN_PID: '7' }, 7)).toBeNull();
    expect(passedSocket({ LISTEN_PID: '7', LISTEN_FDS: '0' }, 7)).toBeNull();
    expect(passedSocket({}, 7)).toBeNull();
  });

  it.each(['2', '-1', 'x', ''])('is not one of %j', (passed) => {
    expect(() => passedSocket({ LISTEN_PID: '7', LISTEN_FDS: passed }, 7)).toThrow(/one is served/);
  });
});

it('another place than that of a socket is refused', () => {
  expect(() => refuseOtherPlace({ host: '127.0.0.1', port: 7421 })).not.toThrow();
  for (const place of [
    { host: '127.0.0.1', port: 0 },
    { host: '0.0.0.0', port: 7421 },
  ])
    expect(() => refuseOtherPlace(place)).toThrow(/leave them out/);
});

describe('an address', () => {
  const open = { tls: null, behindProxy: false } as ServeWish;
  const others = ['0.0.0.0', '::', '10.0.0.5', '::ffff:127.0.0.1'];

  it.each(['127.0.0.1', '::1'])('that this machine alone reaches, %s, needs no encryption', (address) => {
    expect(() => refuseReadable(address, open)).not.toThrow();
  });

  it.each(others)('that others reach, %s, needs it', (address) => {
    expect(() => refuseReadable(address, open)).toThrow(`bound to ${address}: others could read`);
    expect(() => refuseReadable(address, { ...open, behindProxy: true })).not.toThrow();
    const tls = { certFile: 'c.pem', keyFile: 'k.pem' };
    expect(() => refuseReadable(address, { ...open, tls })).not.toThrow();
  });
});
