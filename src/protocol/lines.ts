const newline = 0x0a;

/** A line grew beyond what its reader accepts. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/**
 * Cuts a byte stream into lines of UTF-8. A line is decoded only when it is complete, so that a character split over
 * two chunks stays whole; an incomplete line is kept as the chunks it came in and joined once.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #parts: Buffer[] = [];
  #partsBytes = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that the chunk completes, without their ends. Throws {@link LineTooLongError}. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      lines.push(this.#complete(chunk, start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #complete(chunk: Buffer, start: number, end: number): string {
    if (this.#partsBytes === 0) {
      this.#checkLength(end - start);
      return chunk.toString('utf8', start, end);
    }
    this.#keep(chunk.subarray(start, end));
    const line = Buffer.concat(this.#parts, this.#partsBytes).toString('utf8');
    this.#parts = [];
    this.#partsBytes = 0;
    return line;
  }

  #keep(part: Buffer): void {
    this.#partsBytes += part.length;
    this.#checkLength(this.#partsBytes);
    this.#parts.push(part);
  }

  #checkLength(bytes: number): void {
    if (bytes > this.#lineBytesMax)
      throw new LineTooLongError(`a line is longer than ${this.#lineBytesMax} bytes`);
  }
}

/** What a batch gathers at most before it writes, in characters: a long answer to a watcher must not pile up. */
const batchLengthMax = 65_536;

/** Those that have something to write at the end of this turn: one call of Node for all connections. */
let waiting: LineBatch[] = [];

function flushAll(): void {
  const batches = waiting;
  waiting = [];
  for (const batch of batches) batch.flush();
}

/**
 * Gathers the lines of one turn of the event loop into one write: a system call per turn instead of one per message
 * is what lets many callers share a connection.
 */
export class LineBatch {
  readonly #write: (text: string) => void;
  #pending = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Sends the message at the end of this turn. */
  add(message: unknown): void {
    this.addLine(JSON.stringify(message));
  }

  /** As {@link add}, for a message that is encoded already. */
  addLine(line: string): void {
    if (this.#pending === '' && waiting.push(this) === 1) process.nextTick(flushAll);
    this.#pending += `${line}\n`;
    if (this.#pending.length > batchLengthMax) this.flush();
  }

  /** Sends what is pending now. */
  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#write(text);
  }
}
