import { expect, it } from 'vitest';
import { named, parseAgentId, parseScopePath, quote } from './ids.ts';
import { dropHidden, escapeHidden, escapeUnclear } from './visible.ts';

const lastCodePoint = 0x10ffff;
const samples = {
  'a control of C0': '\u0007',
  'a control of C1': '\u009b',
  'a mark that turns the direction of text': '\u202e',
  'an isolate': '\u2067',
  'a joiner': '\u200d',
  'a tag': '\u{e0065}',
  'a variation selector': '\ufe0f',
  'a variation selector of the supplement': '\u{e0154}',
  'a filler of Hangul': '\u3164',
  'a filler of Hangul, of half width': '\uffa0',
  'a filler of Jamo': '\u115f',
  'a joiner of graphemes': '\u034f',
  'an empty pattern of Braille': '\u2800',
  'private use': '\ue000',
  'private use of a plane of its own': '\u{100000}',
  'half a surrogate pair': '\ud800',
  'a line separator': '\u2028',
  'a space that is not the usual one': '\u00a0',
  'no character': '\uffff',
};

/** Every code point, one text for each. */
function* codePoints(): Generator<string> {
  for (let code = 0; code <= lastCodePoint; code += 1) yield String.fromCodePoint(code);
}

it.each(Object.entries(samples))(
  '%s is escaped in a name, and never stands in a sentence as it is',
  (_what, letter) => {
    const name = `pay${letter}roll`;
    for (const shown of [escapeHidden(name), quote(name), named(name)]) {
      expect(shown).not.toContain(letter);
      expect(shown).toMatch(/\\/);
    }
    expect(dropHidden(name)).toMatch(/^pay ?roll$/);
  },
);

/** Letters and symbols by their class that show nothing all the same. */
const blanks: ReadonlySet<string> = new Set(['\u{13441}', '\u{13442}', '\u{1d159}']);

it('of all code points only those pass that show something, and those are left as they are', () => {
  const hides =
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}\u2800]/u;
  const shows = (letter: string): boolean =>
    /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(letter) && !hides.test(letter) && !blanks.has(letter);
  const wrong: string[] = [];
  for (const letter of codePoints()) {
    const shown = [escapeHidden(letter), dropHidden(letter).replace(/[\n\r\t]/, '')];
    const isWrong = shown.some((text) => hides.test(text) || (shows(letter) && text !== letter));
    if (isWrong) wrong.push(`U+${letter.codePointAt(0)?.toString(16)}`);
  }
  expect(wrong).toEqual([]);
});

it('two names that differ are never shown alike', () => {
  const shown = new Map<string, string>();
  for (const letter of codePoints()) {
    const parsed = parseScopePath(`pay${letter}`);
    if (!parsed.ok) continue;
    const text = quote(parsed.value);
    expect(shown.get(text) ?? parsed.value).toBe(parsed.value);
    shown.set(text, parsed.value);
  }
  expect(shown.size).toBeGreaterThan(100_000);
});

it('what people write is left as it is', () => {
  for (const text of ['Prüfe src/core: 100 % "fertig"', '你好', 'привет', '👍', 'a\u0301'])
    expect([escapeHidden(text), dropHidden(text)]).toEqual([text, text]);
  expect(dropHidden('one\n\ttwo\u3000three')).toBe('one\n\ttwo three');
});

it('a name that cannot be one is refused in words that can be read', () => {
  const parsed = parseAgentId('al\u3164ice');
  expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining('"al\\u3164ice"') as string });
});

it.each([
  ['c\u043ere', 'c\\u043ere'],
  ['\u0441\u043e\u0440', '\\u0441\\u043e\\u0440'],
  ['s\u01c3', 's\\u01c3'],
  ['a\u2010b', 'a\\u2010b'],
  ['d\u2215e', 'd\\u2215e'],
  ['\uff43ore', '\\uff43ore'],
  ['c\u2c9fre', 'c\\u2c9fre'],
  ['c\u0e50re', 'c\\u0e50re'],
  ['\u{1d41c}ore', '\\ud835\\udc1core'],
  ['документы/c\u043ere', 'документы/c\\u043ere'],
])('what reads like ASCII and is not is shown in a name: %j', (name, shown) => {
  expect(escapeUnclear(name)).toBe(shown);
  expect(named(name)).toBe(`"${shown}"`);
});

it('words of an alphabet of its own are left as they are, also the short ones', () => {
  for (const text of [
    'документы',
    'пакет/о',
    'исправить о в коде',
    'αρχή',
    '日本ａ',
    'sınav',
    'Prüfung',
    'Δx',
  ])
    expect([escapeUnclear(text), named(text.replaceAll(' ', '/'))]).toEqual([
      text,
      text.replaceAll(' ', '/'),
    ]);
});
