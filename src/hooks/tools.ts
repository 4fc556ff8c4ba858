/**
 * What the clients' own tools do, by their names. To know one more tool is one more line here; the names of several clients mean
 * the same, and no two clients mean different things by one name.
 */
import type { Act } from './hook-call.ts';
import { patchPaths } from './patch-paths.ts';

type Kind = 'edit' | 'read' | 'shell' | 'patch';

/** By name, in small letters and without what separates words. */
const kinds: Readonly<Record<string, Kind>> = {
  // Claude Code, Kimi
  edit: 'edit',
  write: 'edit',
  multiedit: 'edit',
  notebookedit: 'edit',
  strreplacefile: 'edit',
  writefile: 'edit',
  read: 'read',
  readfile: 'read',
  bash: 'shell',
  // Codex
  applypatch: 'patch',
  shell: 'shell',
  localshell: 'shell',
  shellcommand: 'shell',
  execcommand: 'shell',
  // Gemini CLI
  replace: 'edit',
  readmanyfiles: 'read',
  runshellcommand: 'shell',
  // Copilot, VS Code
  create: 'edit',
  createfile: 'edit',
  deletefile: 'edit',
  editfiles: 'edit',
  editfile: 'edit',
  editnotebookfile: 'edit',
  inserteditintofile: 'edit',
  replacestringinfile: 'edit',
  multireplacestringinfile: 'edit',
  strreplace: 'edit',
  strreplaceeditor: 'edit',
  insert: 'edit',
  view: 'read',
  powershell: 'shell',
  runinterminal: 'shell',
  runterminalcommand: 'shell',
  // Cursor
  searchreplace: 'edit',
  delete: 'edit',
  terminal: 'shell',
  runterminalcmd: 'shell',
  // opencode
  patch: 'patch',
};

const pathFields = [
  'file_path',
  'filePath',
  'path',
  'notebook_path',
  'absolute_path',
  'target_file',
  'relative_workspace_path',
];
const listFields = ['files', 'paths', 'file_paths', 'filePaths', 'edits', 'replacements'];
const textFields = ['command', 'cmd', 'input', 'patch', 'patchText', 'patch_text'];
const folderFields = ['cwd', 'workdir', 'working_directory', 'directory', 'dir_path'];

/** The tool of `rhema mcp` by which an agent joins, whatever a client puts before its name. */
const joins = /(?:^|[^a-z])agent_join$/;
/** What else is called through MCP is not known by its name. */
const isForeign = /^mcp(?:__|_|:)|[./]/;

/** Null: the tool does nothing that matters here, or is not known. */
export function actOf(tool: string, input: unknown, result: unknown): Act | null {
  if (joins.test(tool)) return { kind: 'join', agent: joinedAs(result) };
  if (isForeign.test(tool)) return null;
  const name = tool.toLowerCase().replace(/[^a-z]/g, '');
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const fields = typeof input === 'object' && input !== null ? (input as Fields) : null;
  switch (kind) {
    case 'edit':
      return (fields === null ? null : withPaths(kind, fields)) ?? { kind: 'unclear', tool };
    case 'read':
      return fields === null ? null : withPaths(kind, fields);
    case 'shell':
      return shellAct(input, fields) ?? { kind: 'unclear', tool };
    case 'patch':
      return patchAct(input, fields) ?? { kind: 'unclear', tool };
    default:
      return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function withPaths(kind: 'edit' | 'read', fields: Fields): Act | null {
  // A view of many is no edit, by the same tool.
  if (kind === 'edit' && fields['command'] === 'view') return withPaths('read', fields);
  const named = pathFields.flatMap((field) => textsIn(fields[field]));
  const listed = listFields.flatMap((field) => (Array.isArray(fields[field]) ? fields[field] : []));
  const inList = listed.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null
      ? pathFields.flatMap((field) => textsIn((item as Fields)[field]))
      : textsIn(item),
  );
  const paths = [...new Set([...named, ...inList])];
  return paths.length === 0 ? null : { kind, paths };
}

const textsIn = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);

function shellAct(input: unknown, fields: Fields | null): Act | null {
  const said =
    fields === null ? input : textFields.map((field) => fields[field]).find((value) => value !== undefined);
  const command = Array.isArray(said) ? commandOfWords(said) : said;
  if (typeof command !== 'string') return null;
  const folder = fields === null ? [] : folderFields.flatMap((field) => textsIn(fields[field]));
  return { kind: 'shell', command, folder: folder[0] ?? null };
}

/** As a shell would have it that is given just these words. */
function commandOfWords(words: readonly unknown[]): string | null {
  if (!words.every((word) => typeof word === 'string')) return null;
  const [shell, flag, text, ...more] = words;
  const isScript = more.length === 0 && text !== undefined && /(?:^|\/)(?:ba|z|da)?sh$/.test(shell ?? '');
  if (isScript && /^-[a-z]*c$/.test(flag ?? '')) return text;
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

function patchAct(input: unknown, fields: Fields | null): Act | null {
  const said =
    fields === null ? input : textFields.map((field) => fields[field]).find((value) => value !== undefined);
  const text = Array.isArray(said) ? said.filter((word) => typeof word === 'string').join('\n') : said;
  const paths = typeof text === 'string' ? patchPaths(text) : [];
  if (paths.length > 0) return { kind: 'edit', paths };
  return fields === null ? null : withPaths('edit', fields);
}

/** The tool says it in a line of its own, which each client wraps in another way. */
function joinedAs(result: unknown): string | null {
  if (result === undefined || result === null) return null;
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  return /You are ([^\s"\\]+)\. Pass agent:/.exec(text)?.[1] ?? null;
}
