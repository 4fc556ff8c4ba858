/** What a setup.py hands to `setup()`, as far as it stands there literally. */
export interface SetupCall {
  /** Where the call begins in the text. */
  readonly offset: number;
  /** By argument: its text, or the texts of its lists. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The arguments of which at least a part is computed; `**` where more are unpacked. */
  readonly computed: ReadonlySet<string>;
}

/** One blank alone, since the names may begin with more: two ways to read the same blanks would be tried against each other. */
const importsSetup = /^[ \t]*(?:from|import)[ \t][\w., \t]*(?:setuptools|distutils|skbuild)/m;

/** Reads the tokens up to the end of the call, and nothing of what they do. Null: there is no such call. */
export function setupCall(text: string): SetupCall | null {
  if (!importsSetup.test(text)) return null;
  const tokens = tokensOf(text);
  let before = '';
  let last: Token = { text: '', offset: 0 };
  for (const token of tokens) {
    if (token.text === '(' && last.text === 'setup' && before !== 'def')
      return { offset: last.offset, ...argumentsOf(tokens) };
    before = last.text;
    last = token;
  }
  return null;
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Words, texts, and each other mark by itself. What is begun and not ended is one token up to where its end was looked for. */
function* tokensOf(text: string): Generator<Token, undefined> {
  const pattern =
    /#[^\n]*|[rRuUbBfF]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?)|[\p{L}_][\p{L}\p{N}_]*|\S/gu;
  for (const match of text.matchAll(pattern))
    if (!match[0].startsWith('#')) yield { text: match[0], offset: match.index };
  return undefined;
}

/** The tokens behind the opening parenthesis, up to the one that closes it. */
function argumentsOf(tokens: Generator<Token, undefined>): Pick<SetupCall, 'texts' | 'computed'> {
  const texts = new Map<string, readonly string[]>();
  const computed = new Set<string>();
  let argument: string[] = [];
  const end = (): void => {
    const [name = '', mark, ...value] = argument;
    if (name === '*' && mark === '*') computed.add('**');
    else if (mark === '=') {
      const literal = literalsIn(value);
      texts.set(name, literal.texts);
      if (!literal.isWhole) computed.add(name);
    }
    argument = [];
  };
  let depth = 1;
  for (let token = tokens.next(); token.done !== true; token = tokens.next()) {
    const { text } = token.value;
    depth += isOpener(text) ? 1 : isCloser(text) ? -1 : 0;
    if (depth === 0) break;
    if (depth === 1 && text === ',') end();
    else argument.push(text);
  }
  end();
  return { texts, computed };
}

interface Literals {
  readonly texts: readonly string[];
  readonly isWhole: boolean;
}

/** A text, a list of texts, or lists as the values of a table. All else is computed. */
function literalsIn(tokens: readonly string[]): Literals {
  const texts: string[] = [];
  /** Brackets that are open: `#` stands for one that belongs to something computed. */
  const open: string[] = [];
  let isWhole = true;
  let item: string[] = [];
  const end = (isValue: boolean): void => {
    const text = item.length === 0 ? '' : plainText(item);
    if (text === null) isWhole = false;
    else if (isValue && item.length > 0) texts.push(text);
    item = [];
  };
  for (const token of tokens) {
    const inner = open.at(-1);
    if (isOpener(token)) {
      const isPart = item.length === 0 && (inner === undefined || (inner === '{' && open.length === 1));
      open.push(isPart ? token : '#');
      if (!isPart) item.push(token);
    } else if (isCloser(token)) {
      if (inner !== '#') end(inner !== '{');
      open.pop();
    } else if (inner === '#') continue;
    else if (token === ',' || (token === ':' && inner === '{')) end(inner !== '{');
    else item.push(token);
  }
  end(true);
  return { texts, isWhole };
}

/** Texts in a row are one. With an escape, or a prefix that makes more of it than a text, it is not read. */
function plainText(tokens: readonly string[]): string | null {
  const parts = tokens.map((token) => {
    const [, , long, short] =
      /^[rRuU]?("""|'''|["'])(?:(?<="""|''')([^\\]*)|([^\\\n]*))\1$/.exec(token) ?? [];
    return long ?? short;
  });
  return parts.includes(undefined) ? null : parts.join('');
}

function isOpener(token: string): boolean {
  return token === '(' || token === '[' || token === '{';
}

function isCloser(token: string): boolean {
  return token === ')' || token === ']' || token === '}';
}
