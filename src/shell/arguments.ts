/** A command's arguments, told apart into options and operands. */
import { beginningOf, fieldFrom, textField, type Field } from './fields.ts';

export interface OptionForms {
  /** Options that take a value, attached or as the next argument. */
  readonly valued: ReadonlySet<string>;
  /** Options that take a value only if it is attached: `-i.bak`, `--in-place=.bak`. */
  readonly attached?: ReadonlySet<string>;
  /** Other long options that are asked about, so that they are known by their beginning, too. */
  readonly asked?: ReadonlySet<string>;
  /** `-type`, not `-t -y -p -e`. */
  readonly isSingleDashLong?: boolean;
  /** Options come before the first operand only. */
  readonly stopsAtOperand?: boolean;
}

export interface Arguments {
  /** The values that were given to each option, in order; one that takes none has an empty text. */
  readonly options: ReadonlyMap<string, readonly Field[]>;
  readonly operands: readonly Field[];
  /** How many operands stand in front of `--`; null: there is none. */
  readonly beforeDashes: number | null;
}

export function argumentsOf(fields: readonly Field[], forms: OptionForms): Arguments {
  const reader = new Reader(fields, forms);
  reader.read();
  return reader;
}

class Reader implements Arguments {
  readonly options = new Map<string, Field[]>();
  readonly operands: Field[] = [];
  beforeDashes: number | null = null;
  #at = 0;
  readonly #fields: readonly Field[];
  readonly #forms: OptionForms;

  constructor(fields: readonly Field[], forms: OptionForms) {
    this.#fields = fields;
    this.#forms = forms;
  }

  read(): void {
    for (let field = this.#take(); field !== undefined; field = this.#take()) {
      const text = beginningOf(field);
      if (text === '--' && field.kind === 'text') {
        this.beforeDashes = this.operands.length;
        return this.#rest();
      }
      if (!/^-./.test(text)) {
        this.operands.push(field);
        if (this.#forms.stopsAtOperand === true) return this.#rest();
      } else if (text.startsWith('--') || this.#forms.isSingleDashLong === true) this.#long(field, text);
      else this.#cluster(field, text);
    }
  }

  #take(): Field | undefined {
    return this.#fields[this.#at++];
  }

  #rest(): void {
    this.operands.push(...this.#fields.slice(this.#at));
    this.#at = this.#fields.length;
  }

  #add(name: string, value: Field | undefined): void {
    const values = this.options.get(name) ?? [];
    values.push(value ?? textField(''));
    this.options.set(name, values);
  }

  #long(field: Field, text: string): void {
    const equals = text.indexOf('=');
    const name = this.#whole(equals === -1 ? text : text.slice(0, equals));
    if (equals !== -1) this.#add(name, fieldFrom(field, equals + 1));
    else this.#add(name, this.#forms.valued.has(name) ? this.#take() : undefined);
  }

  /** GNU's commands know a long option by its beginning. */
  #whole(name: string): string {
    const { valued, attached, asked } = this.#forms;
    const known = [valued, attached, asked].flatMap((set) => [...(set ?? [])]);
    if (known.includes(name) || name.length < 4) return name;
    const [first, ...others] = new Set(known.filter((option) => option.startsWith(name)));
    return first !== undefined && others.length === 0 ? first : name;
  }

  /** `-xvf archive`: several letters, of which the last may take a value. */
  #cluster(field: Field, text: string): void {
    for (let at = 1; at < text.length; at += 1) {
      const name = `-${text[at] ?? ''}`;
      const isLast = at === text.length - 1 && field.kind === 'text';
      if (this.#forms.attached?.has(name) === true) return this.#add(name, fieldFrom(field, at + 1));
      if (this.#forms.valued.has(name))
        return this.#add(name, isLast ? this.#take() : fieldFrom(field, at + 1));
      this.#add(name, undefined);
    }
  }
}
