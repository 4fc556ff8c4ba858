/**
 * The marks under which texts lie beside their files until they take their place: what a text was made from, which it is, and
 * the token of the lock under which it was to be written. Whoever was granted a lock of the file since knows by the token that
 * nobody will ever put it there.
 */

/** From what a text was made; `none`: from nothing. `repair`: to put back what was there. */
interface StagedMark {
  readonly from: string;
  /** The first digits of the text's SHA-256. */
  readonly digest: string;
  readonly token: number;
}

const digits = 16;
const pattern = /^(none|repair|[0-9a-f]{16})-([0-9a-f]{16})-(\d{1,16})$/;

/** Of SHA-256 digests in hex. `from` is null where there was no file. */
export function markOf(from: string | null, digest: string, token: number): string {
  return `${partOf(from)}-${digest.slice(0, digits)}-${token}`;
}

/** The one of some marks under which a text lies that was made from a content, whoever was to write it. */
export function markMadeFrom(
  marks: readonly string[],
  from: string | null,
  digest: string,
): string | undefined {
  const start = `${partOf(from)}-${digest.slice(0, digits)}-`;
  return marks.find((mark) => mark.startsWith(start) && pattern.test(mark));
}

/**
 * The marks whose writers have had their lock before the one of `token` was granted, so that what they present is refused.
 * What is recorded of the file is not among them: it may be nowhere else.
 */
export function outlivedMarks(
  marks: readonly string[],
  { token, recorded }: { readonly token: number; readonly recorded: string | null },
): readonly string[] {
  return marks.filter((mark) => {
    const parts = partsOf(mark);
    return parts !== null && parts.token < token && parts.digest !== recorded?.slice(0, digits);
  });
}

/** Of the path of a file that lies there under such a mark: which file it was to become. Null: the path has no such name. */
export function stagedFile(path: string): (StagedMark & { readonly file: string }) | null {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const [, base, mark] = /^\.(.+)\.([^.]+)$/.exec(path.slice(folder.length)) ?? [];
  const parts = mark === undefined ? null : partsOf(mark);
  return base === undefined || parts === null ? null : { file: `${folder}${base}`, ...parts };
}

function partsOf(mark: string): StagedMark | null {
  const [, from, digest, token] = pattern.exec(mark) ?? [];
  if (from === undefined || digest === undefined) return null;
  return { from, digest, token: Number(token) };
}

const partOf = (from: string | null): string => (from === null ? 'none' : from.slice(0, digits));
