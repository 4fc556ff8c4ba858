/**
 * Letters and signs that read like ASCII and are not. A folder that has one in its name reads like another folder, and who
 * is told of it, a person or a model, takes the one for the other.
 */
const alphabets: readonly (readonly [string, string])[] = [
  // Cyrillic
  ['аеорсухіјѕһԁԛԝӏѵүԍ', 'aeopcyxijshdqwlvyg'],
  ['АВЕКМНОРСТУХІЈЅӀԌԚԜѴЗҮ', 'ABEKMHOPCTYXIJSlGQWV3Y'],
  // Greek
  ['οναιρυϲϳ', 'ovaipucj'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  // Armenian
  ['օսհոզց', 'ouhnqg'],
  // Lisu
  ['ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ', 'BPDTGKJCZFMNLSRVHWXYAEIOU'],
  // Cherokee
  ['ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏚᏢᏟᏞᏦᏴᏙᏆᏔᎩ', 'DRTiAJEWMHGZSPCLKBVIWy'],
  // Coptic
  ['ⲟⲣⲥⲭⲞⲢⲤⲬⲎⲒⲔⲘⲚⲦ', 'opcxOPCXHIKMNT'],
  // Zeros, and letters as round as they are
  ['੦૦௦๐໐၀០ഠဝჿס', 'ooooooooooo'],
  // Latin, but for what Turks write every day
  ['ɑɡɩſƽǀǃᴄᴏᴠᴡᴢ', 'agifsl!covwz'],
];

const signs: readonly (readonly [string, string])[] = [
  ['\u2010\u2011\u2012\u2043\u2212\u02d7\ufe63', '-------'],
  ['\u2044\u2215\u29f8\u2571', '////'],
  ['\u2024\u02d1\ua789\u2236\u02d0', '.::::'],
];

/** Of full width, of mathematics, and numerals: Unicode itself says what those read like. */
const compatible = /[\uff01-\uff5e\u2100-\u213f\u2160-\u217f\u{1d400}-\u{1d7ff}]/u;

const letters = tableOf(alphabets);
const punctuation = tableOf(signs);

function tableOf(lines: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap(([foreign, ascii]) =>
      Array.from(foreign, (letter, at) => [letter, ascii[at] ?? ''] as const),
    ),
  );
}

/** The ASCII letter or sign that a character reads like; null: it reads like itself. */
function asciiOf(character: string): string | null {
  const listed = letters.get(character) ?? punctuation.get(character);
  if (listed !== undefined) return listed;
  if (!compatible.test(character)) return null;
  const plain = character.normalize('NFKC');
  return /^[!-~]$/.test(plain) ? plain : null;
}

/** What a name is read as: equal for two that read alike. */
export function readAs(name: string): string {
  return isAscii(name) ? name : Array.from(name, (character) => asciiOf(character) ?? character).join('');
}

/**
 * What reads like ASCII as an escape, where nothing shows that it is not: in a word that mixes both, and in words of a text
 * none of whose letters are of another alphabet for all to see. What people write in their own alphabet stays.
 */
export function escapeLookAlikes(text: string, escapeOf: (character: string) => string): string {
  if (isAscii(text)) return text;
  const isPlain = !Array.from(text).some((character) => isForeign(character));
  return text.replace(/[\p{L}\p{M}\p{N}\uff01-\uff5e]+|[^]/gu, (word) => {
    const isUnclear = isPlain || /[A-Za-z]/.test(word);
    return Array.from(word, (character) => {
      const isUnlike = asciiOf(character) === null;
      return isUnlike || !(isUnclear || isSign(character)) ? character : escapeOf(character);
    }).join('');
  });
}

/** A letter that nobody takes for one of ASCII. */
const isForeign = (character: string): boolean =>
  /(?!\p{Script=Latin})\p{L}/u.test(character) && asciiOf(character) === null;

const isSign = (character: string): boolean => punctuation.has(character);

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);
