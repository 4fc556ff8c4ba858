import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder.ts';
import { KeptCode } from './kept-code.ts';

let folder = '';
let main = '';
let kept = '';
beforeEach(() => {
  folder = folderOfTest('rhema-kept-');
  main = join(folder, 'start.js');
  kept = join(folder, 'lock.code');
  writeFileSync(
    main,
    `const { twice } = require('./other.js');\nexports.said = twice(require('node:path').sep);\n`,
  );
  writeFileSync(join(folder, 'other.js'), 'exports.twice = (text) => text + text;\n');
});

/** As another process would: what this one has loaded is forgotten first. */
function start(): unknown {
  const { cache } = createRequire(main);
  for (const file of Object.keys(cache)) if (file.startsWith(folder)) Reflect.deleteProperty(cache, file);
  const code = new KeptCode(kept);
  const exported = code.load(main);
  code.keep();
  return exported;
}

const writtenBy = (): number => statSync(kept).ino;

it('what was compiled at one start is used at the next', () => {
  expect(start()).toEqual({ said: '//' });
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  const first = writtenBy();
  expect(start()).toEqual({ said: '//' });
  expect(writtenBy()).toBe(first);
  expect(readdirSync(folder).toSorted()).toEqual(['lock.code', 'other.js', 'start.js']);
});

it('a file that is another is compiled anew, however long it is', () => {
  start();
  const first = writtenBy();
  writeFileSync(join(folder, 'other.js'), 'exports.twice = (text) => text + "ab";\n'.padEnd(40).slice(0, 40));
  expect(start()).toEqual({ said: '/ab' });
  expect(writtenBy()).not.toBe(first);
});

/** It begins with what V8 knows its own by. */
function ofAnotherV8(): void {
  const all = readFileSync(kept);
  const from = all.indexOf('\n') + 1;
  writeFileSync(kept, all.fill(7, from, from + 16));
}

it.each([
  ['cut short', () => truncateSync(kept, 300)],
  ['empty', () => truncateSync(kept, 0)],
  ['something else', () => writeFileSync(kept, 'no list\nat all')],
  ['of another V8', ofAnotherV8],
])('what was kept and is %s does not keep the program from starting', (_how, damage) => {
  start();
  damage();
  expect(start()).toEqual({ said: '//' });
});

it('where nothing can be kept the program starts all the same', () => {
  kept = join(folder, 'gone', 'lock.code');
  expect(start()).toEqual({ said: '//' });
  expect(existsSync(kept)).toBe(false);
});

it('a file is run once, also when it is asked for in a circle, and anew after it has failed', () => {
  writeFileSync(main, `exports.first = 1;\nexports.other = require('./other.js');\n`);
  writeFileSync(join(folder, 'other.js'), `exports.seen = require('./start.js').first;\n`);
  expect(start()).toEqual({ first: 1, other: { seen: 1 } });
  writeFileSync(main, `throw new Error('not today');\n`);
  for (let time = 0; time < 2; time += 1) expect(() => start()).toThrow('not today');
});

it('the stack of an error names the file and the line', () => {
  writeFileSync(main, `\n\nthrow new Error('here');\n`);
  expect(() => start()).toThrow(
    expect.objectContaining({ stack: expect.stringContaining(`${main}:3:`) }) as Error,
  );
});
