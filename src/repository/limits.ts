/** Bytes of one scope file. Upstream's own, the largest known, has 40 kB. */
export const scopeFileBytesMax = 1024 * 1024;

export function tooLargeMessage(bytes: number): string {
  return `has ${bytes} bytes: at most ${scopeFileBytesMax} are read`;
}
