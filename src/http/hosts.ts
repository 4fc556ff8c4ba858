/** Which names this server answers to, so that no web page reaches it by a name of its own (DNS rebinding). */

/** The loopback names, which nobody else can have. */
const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export class HostNames {
  readonly #names: ReadonlySet<string>;

  /** Beside the loopback names; without ports. */
  constructor(names: readonly string[]) {
    this.#names = new Set([...loopbackNames, ...names.map((name) => bracketed(name.toLowerCase()))]);
  }

  /** Whether a Host header names this server. */
  has(header: string | undefined): boolean {
    const name = /^(\[[0-9a-f:.]+\]|[^:@/\s]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1];
    return name !== undefined && this.#names.has(name.toLowerCase());
  }

  /** Whether an Origin header is of a page that this server could have given. */
  isOrigin(header: string): boolean {
    try {
      return this.has(new URL(header).host);
    } catch {
      return false;
    }
  }
}

const bracketed = (name: string): string =>
  name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
