import { expect, it } from 'vitest';
import { isLoopback } from './loopback.ts';

it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])(
  'only this machine reaches %s',
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', 'localhost.example', 'build'])(
  'others may reach %s',
  (address) => {
    expect(isLoopback(address)).toBe(false);
  },
);
