/**
 * All of standard input; null when that is longer than a number of bytes. A terminal, or nothing, is read as empty: nobody types
 * what a client sends.
 */
export async function readStdin(bytesMax: number): Promise<string | null> {
  if (process.stdin.isTTY) return '';
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
