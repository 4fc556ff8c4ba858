/** No file has a longer path, and no tool that is known writes more files at once. */
const pathBytesMax = 4_096;
const pathsMax = 1_000;

/** Whether some paths are more than can be judged while a client waits. */
export const isTooMuch = (paths: readonly string[]): boolean =>
  paths.length > pathsMax || paths.some((path) => Buffer.byteLength(path) > pathBytesMax);
