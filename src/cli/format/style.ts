import { styleText } from 'node:util';

export type Emphasis = 'good' | 'bad' | 'warn' | 'dim' | 'bold' | 'plain';

/** How text for people looks: with colours and boxes on a terminal, plain and aligned elsewhere. */
export interface Style {
  readonly color: boolean;
  /** How wide the terminal is that a person looks at; null elsewhere, where nothing is cut and there are no boxes. */
  readonly columns: number | null;
  paint(emphasis: Emphasis, text: string): string;
}

const formats = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', bold: 'bold' } as const;

export function createStyle(options: Pick<Style, 'color' | 'columns'>): Style {
  return {
    ...options,

    paint: (emphasis, text) =>
      !options.color || emphasis === 'plain'
        ? text
        : styleText(formats[emphasis], text, { validateStream: false }),
  };
}

/** https://no-color.org and https://force-color.org; continuous integration gets no colours unless it asks for them. */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  stream: { readonly isTTY: boolean },
  flag: boolean,
): boolean {
  if (!flag || isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY && !isSet(env['CI']) && env['TERM'] !== 'dumb';
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** How text on a stream looks. */
export function styleOf(
  env: Readonly<Record<string, string | undefined>>,
  stream: Stream,
  flag: boolean,
): Style {
  const columns = stream.isTTY ? stream.columns?.() || columnsOf(env) : null;
  return createStyle({ color: wantsColor(env, stream, flag), columns });
}

interface Stream {
  readonly isTTY: boolean;
  /** How wide the terminal is now; null when it does not tell. */
  readonly columns?: () => number | null;
}

/** Of a terminal that does not tell how wide it is. */
export function columnsOf(env: Readonly<Record<string, string | undefined>>): number {
  const columns = Number(env['COLUMNS']);
  return Number.isSafeInteger(columns) && columns > 0 ? columns : 80;
}
