import type { Draft } from './draft.ts';

/** Agents of most clients read it before they begin. */
export const agentsMdFile = 'AGENTS.md';

const begin = '<!-- rhema:begin -->';
const end = '<!-- rhema:end -->';

const block = `${begin}

## Other agents work here at the same time

- Before you edit a file, a hook locks it for you, and refuses where another agent has it. The reason says who, since when and how to
  wait. Wait, or work on something else; do not write the file by another way.
- \`rhema status\` shows who works on what, and \`rhema why FILE\` who has a file.
- In this working tree are changes of others: commit with \`git commit -- PATHS\`, your own ones only, and leave out
  \`git add -A\`, \`git stash\`, \`git reset --hard\` and whatever else moves all files.

${end}
`;

export const hasBlock = (text: string): boolean => text.includes(begin);

/** Null: nothing else is in it. Undefined: where it ends cannot be told. */
export function withoutBlock(text: string): string | null | undefined {
  const from = text.indexOf(begin);
  if (from === -1) return text;
  const to = text.indexOf(end, from);
  if (to === -1 || text.indexOf(begin, from + 1) !== -1) return undefined;
  const left = text.slice(0, from) + text.slice(to + end.length).replace(/^\r?\n/, '');
  return left.trim() === '' ? null : left;
}

/** Tells agents in words what the hooks hold them to. A file that has the block keeps it as it is. */
export function addAgentsMd(draft: Draft): void {
  const text = draft.read(agentsMdFile) ?? '';
  if (hasBlock(text)) return;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' ? '' : text.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
  draft.write(agentsMdFile, text + gap + block.replaceAll('\n', lineEnd));
}
