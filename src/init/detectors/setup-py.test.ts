import { expect, it } from 'vitest';
import { setupCall } from './setup-py.ts';

const head = 'from setuptools import setup\n';

it.each([
  ['a text', "'x'", ['x'], true],
  ['texts in a row', '\'x\' "y"', ['xy'], true],
  ['a long text', '"""x\ny"""', ['x\ny'], true],
  ['a text with a prefix that changes nothing', "r'x'", ['x'], true],
  ['a list', "['x', 'y',]", ['x', 'y'], true],
  ['a list of none', '[]', [], true],
  ['a tuple', "('x', 'y')", ['x', 'y'], true],
  ['a table of lists', "{'k': ['x'], 'l': ('y',)}", ['x', 'y'], true],
  ['a text with an escape', "'x\\n'", [], false],
  ['a text that is put together', "'x' + y", [], false],
  ['a text that is filled in', "f'x'", [], false],
  ['a list with a part that is computed', "['x', f('z'), 'y']", ['x', 'y'], false],
  ['a list and more', "['x'] + ['y']", ['x'], false],
  ['a call', "f('x')", [], false],
  ['a call with a list', "f(['x'])", [], false],
  ['a place in a list', "x['y']", [], false],
  ['a table with a part that is computed', "{'k': f('z'), k('l'): ['y']}", ['y'], false],
  ['nothing', '', [], true],
])('takes %s', (_title, value, texts, isWhole) => {
  const call = setupCall(`${head}setup(other=1, name=${value}, last=['z'])\n`);
  expect(call?.texts.get('name')).toEqual(texts);
  expect(call?.computed.has('name')).toBe(!isWhole);
  expect(call?.texts.get('last')).toEqual(['z']);
});

it.each([
  ['no setup is imported', 'setup(name="x")\n'],
  ['it is only defined', `${head}def setup(name="x"): pass\n`],
  ['it stands in a remark or a text', `${head}# setup()\n"""\nsetup()\n"""\n`],
])('finds no call where %s', (_title, text) => {
  expect(setupCall(text)).toBeNull();
});

/** Looked through anew from every mark, such a text would take many minutes. */
const bytes = 1024 * 1024;

it.each(['setup(', '"', "'''", '"\\"', '[', '{', '#', '\n', ' ', 'f"', 'r'])(
  'looks through a text of %j within the time that it takes to read it once',
  (mark) => {
    const call = setupCall(`${head}setup(name=${mark.repeat(bytes / mark.length)}`);
    expect(call?.offset).toBe(head.length);
  },
);

it.each(['import', 'from'])('looks for what %s names in one go, however many blanks there are', (word) => {
  expect(setupCall(`${word}${' '.repeat(bytes)}os\n`)).toBeNull();
});
