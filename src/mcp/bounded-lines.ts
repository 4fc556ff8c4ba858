const newline = 0x0a;
/** How much of either end of a line that is too long is kept to look for its id, in bytes. */
const endBytes = 256;

export type Line =
  | { readonly kind: 'whole'; readonly text: string }
  /** Longer than allowed and thrown away; `id` is the request's, when it stands at either end. */
  | { readonly kind: 'tooLong'; readonly id: string | number | null };

/**
 * Cuts a byte stream into lines of UTF-8 of bounded length. A line that is too long is thrown away as it comes, so that
 * it costs no memory, and told of when it ends; what follows is read as ever.
 */
export class BoundedLines {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #head: Buffer | null = null;
  #tail: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that a chunk completes, without their ends. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#complete());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The line that the stream ends with, if it has no end of its own. */
  end(): Line[] {
    return this.#bytes === 0 ? [] : [this.#complete()];
  }

  #keep(part: Buffer): void {
    if (this.#head !== null) return this.#keepEnd(part);
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= this.#bytesMax) return;
    const all = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#head = Buffer.from(all.subarray(0, endBytes));
    this.#keepEnd(all);
  }

  #keepEnd(part: Buffer): void {
    this.#tail = Buffer.from(Buffer.concat([this.#tail, part.subarray(-endBytes)]).subarray(-endBytes));
  }

  #complete(): Line {
    const line: Line =
      this.#head === null
        ? { kind: 'whole', text: Buffer.concat(this.#parts, this.#bytes).toString('utf8') }
        : { kind: 'tooLong', id: idAtAnEnd(this.#head.toString('utf8'), this.#tail.toString('utf8')) };
    this.#parts = [];
    this.#bytes = 0;
    this.#head = null;
    this.#tail = Buffer.alloc(0);
    return line;
  }
}

const idAtStart = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(-?\d+|"[^"\\]*")\s*,/;
const idAtEnd = /,\s*"id"\s*:\s*(-?\d+|"[^"\\]*")\s*\}\s*$/;

/** Clients write the id first or last; anywhere else it might be part of the arguments. */
function idAtAnEnd(head: string, tail: string): string | number | null {
  const found = idAtStart.exec(head)?.[1] ?? idAtEnd.exec(tail)?.[1];
  return found === undefined ? null : (JSON.parse(found) as string | number);
}
