import { expect, it } from 'vitest';
import type { ScopePath } from '../core/index.ts';
import { nearnessFrom } from './nearness.ts';

const scopes = Object.entries({
  '.': [],
  web: ['auth'],
  'web/forms': ['ui'],
  auth: ['core'],
  core: [],
  ui: ['web/forms'],
  other: ['web'],
}).map(([path, dependencies]) => ({ path: path as ScopePath, dependencies: dependencies as ScopePath[] }));
const near = (start: string): object => Object.fromEntries(nearnessFrom(start as ScopePath, scopes));

it('what a scope depends on is near, and what is around it, step by step', () => {
  expect(near('web/forms')).toEqual({ 'web/forms': 0, ui: 1, web: 1, '.': 2, auth: 2, core: 3 });
  expect(near('core')).toEqual({ core: 0, '.': 1 });
  expect(near('.')).toEqual({ '.': 0 });
});
