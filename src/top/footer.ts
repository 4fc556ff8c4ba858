import { displayWidth, safe, shownLock } from '../wording/index.ts';
import { cut, part, plainLine, type Line } from './line.ts';
import type { Model, Typing } from './model.ts';

/** The last line: what is typed, else what came of the last act, else the keys. */
export function footer(model: Model): Line {
  const { typing, notice, link } = model;
  const { columns } = model.size;
  if (typing !== null) return typed(typing, columns);
  if (notice !== null) return plainLine(safe(notice.text), notice.isTrouble ? 'bad' : 'good');
  if (link.kind === 'lost') return plainLine(`trying again: ${safe(link.why)}`, 'bad');
  return plainLine(keysWithin(keysOf(model), columns), 'dim');
}

function typed(typing: Typing, columns: number): Line {
  switch (typing.kind) {
    case 'filter':
      return asked('filter: ', typing.text, columns);
    case 'reason':
      return asked('reason (may be empty): ', typing.text, columns);
    case 'sure': {
      const { lock } = typing;
      const question = '? y/N';
      const whole = ` from ${safe(lock.agent)} (token ${lock.token})`;
      const room = columns - displayWidth('revoke ') - displayWidth(question);
      const holder = cut(whole, Math.floor(room / 2));
      const name = cut(safe(shownLock(lock)), room - displayWidth(holder), 'end');
      return [part(`revoke ${name}${holder}`, 'warn'), part(question, 'bold')];
    }
  }
}

/** The end of what is typed is always seen. */
function asked(question: string, text: string, columns: number): Line {
  const room = columns - displayWidth(question) - cursor.length;
  return [part(question, 'bold'), part(`${cut(safe(text), room, 'end')}${cursor}`)];
}

const cursor = '_';

/** The most important first. */
function keysOf({ page, list, mayRevoke }: Model): readonly string[] {
  if (page.kind === 'help') return ['Esc back', 'q quit'];
  if (page.kind === 'story')
    return [
      'Esc back',
      'Up Down scroll',
      ...(page.target === null || !mayRevoke ? [] : ['r revoke']),
      'q quit',
    ];
  return [
    '? help',
    'q quit',
    'Enter look into',
    'Tab lists',
    '/ filter',
    's sort',
    ...(list === 'queue' || !mayRevoke ? [] : ['r revoke']),
  ];
}

/** As many as there is room for. */
function keysWithin(keys: readonly string[], columns: number): string {
  return keys.reduce((shown, key) => {
    const longer = shown === '' ? key : `${shown}   ${key}`;
    return displayWidth(longer) <= columns ? longer : shown;
  }, '');
}
