/** Whether a file, or a folder that it lies in, is among the places. All are repository-relative. */
export function reaches(file: string, places: ReadonlySet<string>): boolean {
  for (let end = file.length; end > 0; end = file.lastIndexOf('/', end - 1))
    if (places.has(file.slice(0, end))) return true;
  return false;
}
