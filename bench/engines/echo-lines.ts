/** As long as the lines between Rhema's client and owner, and an entry of its log. */
export const requestBytes = 330;
export const answerBytes = 150;
export const recordBytes = 350;

const newline = 0x0a;

export function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
