import { expect, it } from 'vitest';
import { Draft } from './draft.ts';
import { freeId } from './new-entry.ts';

it.each([
  ['Rename the session!', 'rename-the-session'],
  ['Überprüfung der Größe', 'uberprufung-der-grosse'],
  ['Łódź, Ærø, Þingvellir', 'lodz-aero-thingvellir'],
  ['Токены login', 'login'],
  ['修复登录', 'todo'],
])('an id of %j is %s', (title, id) => {
  expect(freeId(Draft.of('todos', ''), 'list', title)).toBe(id);
});
