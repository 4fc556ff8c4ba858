/** Which files a patch changes. */

/** Of a unified diff: the names behind `+++` and `---`, without their first `level` folders; null: as `patch` takes them without `-p`. */
export function changedByPatch(text: string, level: number | null): readonly string[] {
  const names = [...text.matchAll(/^(?:\+\+\+|---) ([^\t\n]+)/gm)].map((match) => match[1]?.trim() ?? '');
  const stripped = names
    .filter((name) => name !== '/dev/null')
    .map((name) => (level === null ? lastPart(name) : name.split('/').slice(level).join('/')));
  return [...new Set(stripped.filter((name) => name !== ''))];
}

const lastPart = (name: string): string => name.split('/').at(-1) ?? name;

/** Of the form that coding agents send to `apply_patch`. */
export function changedByPatchText(text: string): readonly string[] {
  const lines = text.matchAll(/^\*\*\* (?:(?:Update|Add|Delete) File|Move to): (.+)$/gm);
  return [...new Set([...lines].map((match) => match[1]?.trim() ?? ''))];
}
