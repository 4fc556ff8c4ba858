type Quote = '' | '"' | "'";

/** The word under the cursor. */
export interface TypedWord {
  /** Without quotes and escapes. */
  readonly value: string;
  /** The quote that is still open. */
  readonly quote: Quote;
  /** The beginning of the value that bash leaves as it is: it replaces only what comes after. */
  readonly kept: string;
}

/** A line up to the cursor, in words. */
export interface TypedLine {
  /** Those that are finished, without quotes and escapes. */
  readonly words: readonly string[];
  readonly last: TypedWord;
}

/**
 * Reads a command line as bash does, as far as quotes and escapes go; nothing is replaced or run. `breaks` is its
 * `COMP_WORDBREAKS`: what bash replaces begins after an unquoted one of these characters, or after the quote that is open.
 */
export function parseLine(line: string, breaks: string): TypedLine {
  const reader = new LineReader(breaks);
  for (const character of line) reader.take(character);
  return reader.line();
}

/** What to put in place of the part that bash replaces, so that the word comes to be `word`. */
export function insertionOf(word: string, { quote, kept }: TypedWord): string {
  const rest = word.slice(kept.length);
  if (quote === "'") return rest.replaceAll("'", `'\\''`);
  if (quote === '"') return rest.replaceAll(/["$`\\]/g, String.raw`\$&`);
  return rest.replaceAll(/[^\p{L}\p{M}\p{N}_@%+=:,./-]/gu, String.raw`\$&`);
}

/** Between words nothing is begun; a word is begun by anything but a blank, an empty quote included. */
class LineReader {
  readonly #breaks: string;
  readonly #words: string[] = [];
  #isBegun = false;
  #value = '';
  #quote: Quote = '';
  #isEscaped = false;
  /** How long the value was at the last break, and where the open quote began. */
  #breakEnd = 0;
  #quoteStart = 0;

  constructor(breaks: string) {
    this.#breaks = breaks;
  }

  take(character: string): void {
    if (this.#isEscaped) this.#takeEscaped(character);
    else if (this.#quote === '' && /\s/.test(character)) this.#finish();
    else this.#takeInWord(character);
  }

  line(): TypedLine {
    const keptLength = this.#quote === '' ? this.#breakEnd : this.#quoteStart;
    const last = { value: this.#value, quote: this.#quote, kept: this.#value.slice(0, keptLength) };
    return { words: this.#words, last };
  }

  #takeInWord(character: string): void {
    this.#isBegun = true;
    if (character === '\\' && this.#quote !== "'") this.#isEscaped = true;
    else if (character === this.#quote) this.#quote = '';
    else if (this.#quote === '' && (character === '"' || character === "'")) this.#open(character);
    else this.#add(character);
  }

  #open(quote: Quote): void {
    this.#quote = quote;
    this.#quoteStart = this.#value.length;
  }

  #add(character: string): void {
    this.#value += character;
    if (this.#quote === '' && this.#breaks.includes(character)) this.#breakEnd = this.#value.length;
  }

  /** In double quotes a backslash stands for itself before all but a few. */
  #takeEscaped(character: string): void {
    this.#isEscaped = false;
    const isLiteral = this.#quote === '"' && !/["$`\\]/.test(character);
    this.#value += isLiteral ? `\\${character}` : character;
  }

  #finish(): void {
    if (this.#isBegun) this.#words.push(this.#value);
    this.#isBegun = false;
    this.#value = '';
    this.#breakEnd = 0;
  }
}
