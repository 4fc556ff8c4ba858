/** Which files each of some commits has changed. */

/**
 * Of each commit the files that it adds, changes or removes, a renamed one under both names; of a merge those that are as in none of
 * its parents. `ask`: Git, with its arguments and its input.
 */
export async function filesOfCommits(
  ids: readonly string[],
  ask: (args: readonly string[], input: string) => Promise<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const diff = ['diff-tree', '--stdin', '--root', '-r', '-z', '-c', '--name-only', '--no-renames'];
  return filesByCommit(await ask(diff, ids.map((id) => `${id}\n`).join('')), new Set(ids));
}

/** The id of each commit, a line, and the paths of its files, of which some look like an id. */
function filesByCommit(output: string, ids: ReadonlySet<string>): Map<string, string[]> {
  const commits = new Map<string, string[]>();
  let files: string[] = [];
  for (const text of output.split('\0')) {
    const head = /^([0-9a-f]{40,64})\n?/.exec(text);
    const id = head?.[1] !== undefined && ids.has(head[1]) ? head[1] : null;
    if (id !== null) commits.set(id, (files = []));
    const path = id === null ? text : text.slice(head?.[0].length);
    if (path !== '') files.push(path);
  }
  return commits;
}
