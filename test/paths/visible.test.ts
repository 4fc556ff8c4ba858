import { describe, expect, it } from 'vitest';
import { loadSlice } from '../spec/slice.ts';
import { asShown, clientsIn } from './visible.ts';

const { constants } = loadSlice('Hold32c1');
const rest = '=;=|i.~.0.~;i.~.0.~|-;-|';

describe('a canonical text as far as it is shown', () => {
  it('has of two holds the one that ends earlier', () => {
    const text = `w.~.~;b.~.~;b.~.~|u;u;u|a1.2.3.1;-|a2:s1.~;a3:s2.~|${rest}`;
    expect(asShown(text, constants)).toBe(`w.~.~;b.~.~;b.~.~|u;u;u|a1.2.1.~;-|a2:s1.~;a3:s2.~|${rest}`);
  });

  it('has of a hold for a place only that it ends', () => {
    const text = `w.~.~;b.~.~;i.~.~|u;u;u|a1.2.~.3;-|a2:s2.~|${rest}`;
    expect(asShown(text, constants)).toContain('|a1.2.3.~;-|');
  });

  it('has of a wait the end of the block where that comes earlier', () => {
    const text = `w.~.~;b.~.1;b.~.3|u;u;u|a1.2.~.~;-|a2:s1.2;a3:s1.2|${rest}`;
    expect(asShown(text, constants)).toContain('|a2:s1.1;a3:s1.2|');
  });

  it('has of what is unread how much that is', () => {
    const text = `-;L;i.3.~|d;c;u|-;-||${rest}r1=AcquireLock.a1;a1<a2:info+~:stop.1;a3<a2:info.0`;
    expect(asShown(text, constants)).toMatch(/\|r1=AcquireLock\.a1;a1<2;a3<1$/);
  });

  it('is the same where nothing is hidden', () => {
    const text = `-;L;i.3.~|d;c;u|-;-||${rest}r1=AcquireLock.a1`;
    expect(asShown(text, constants)).toBe(text);
  });
});

it('finds the clients in a canonical text', () => {
  expect(clientsIn(`-;L;i.3.~|d;c;u|-;-||${rest}`, constants)).toEqual({ a1: 'd', a2: 'c', a3: 'u' });
});
