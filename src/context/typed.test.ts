import { describe, expect, it } from 'vitest';
import { typedEdit } from './typed.ts';

describe('keys with dots, as they are typed', () => {
  const before = { status: 'open', context: { files: ['a'], deep: { x: 1 } }, 'v1.2': 'old' };
  const edit = (set: Record<string, unknown>, unset: readonly string[] = []) =>
    typedEdit(before, { set, unset });

  it('set a key in a map, of which the rest stays', () => {
    expect(edit({ 'context.files': ['b'] })).toEqual({
      set: { context: { files: ['b'], deep: { x: 1 } } },
      unset: [],
    });
    expect(edit({ 'context.deep.y': 2, 'context.new': 3, title: 't' })).toEqual({
      set: { context: { files: ['a'], deep: { x: 1, y: 2 }, new: 3 }, title: 't' },
      unset: [],
    });
    expect(edit({ 'more.than.was': 1 })).toEqual({ set: { more: { than: { was: 1 } } }, unset: [] });
  });

  it('take a key out of a map', () => {
    expect(edit({}, ['context.deep.x', 'status'])).toEqual({
      set: { context: { files: ['a'], deep: {} } },
      unset: ['status'],
    });
  });

  it('mean a key that is called so, where there is one', () => {
    expect(edit({ 'v1.2': 'new', 'a..b': 1, '.c': 2 }, [])).toEqual({
      set: { 'v1.2': 'new', 'a..b': 1, '.c': 2 },
      unset: [],
    });
    expect(edit({}, ['v1.2'])).toEqual({ set: {}, unset: ['v1.2'] });
  });

  it('are refused where what is above is no map', () => {
    expect(edit({ 'status.by': 1 })).toBe(
      '`status.by` is no place for a value: something above it is no map',
    );
    expect(edit({ 'context.files.x': 1 })).toMatch(/no map/);
  });

  it('reach no prototype', () => {
    const made = typedEdit({}, { set: { '__proto__.polluted': 1 }, unset: [] });
    expect(Object.keys((made as { set: object }).set)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
