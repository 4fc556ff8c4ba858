import type { ScopePath } from '../../core/index.ts';
import type { LinkKind } from '../graph/links.ts';
import { positionAt, warning, type Notices } from '../notices.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { readSections } from './setup-cfg.ts';
import { setupCall, type SetupCall } from './setup-py.ts';

/** What setup.cfg and setup.py of a folder say. */
export interface Setup {
  /** The first of the two that makes the folder a project. */
  readonly file: string;
  /** Null: it is computed, or stands elsewhere. */
  readonly name: string | null;
  /** They are there for a project that is packaged, and not for tools alone. */
  readonly isProject: boolean;
  readonly requirements: readonly SetupRequirement[];
}

export interface SetupRequirement {
  /** As PEP 508 has it. */
  readonly text: string;
  readonly kind: LinkKind;
}

const lists: readonly (readonly [key: string, kind: LinkKind])[] = [
  ['install_requires', 'required'],
  ['extras_require', 'optional'],
  ['tests_require', 'development'],
  ['setup_requires', 'development'],
];

/** Takes from setup.py what is literal; what is computed is noted, once for each file. */
export function readSetup(tree: RepositoryTree, folder: ScopePath, notices: Notices): Setup | null {
  const inFolder = (name: string): string => (folder === '.' ? name : `${folder}/${name}`);
  const [cfg, py] = [inFolder('setup.cfg'), inFolder('setup.py')];
  const declared = tree.has(cfg) ? readSetupCfg(tree, cfg, notices) : null;
  const called = tree.has(py) ? readSetupPy(tree, py, declared?.name ?? null, notices) : null;
  if (declared === null || called === null) return declared ?? called;
  const requirements = [...declared.requirements, ...called.requirements];
  return declared.isProject ? { ...declared, requirements } : { ...called, requirements };
}

function readSetupCfg(tree: RepositoryTree, file: string, notices: Notices): Setup | null {
  const text = tree.read(file);
  if (text === null) return null;
  const sections = readSections(text);
  const options = sections.get('options') ?? new Map<string, readonly string[]>();
  const extras = [...(sections.get('options.extras_require')?.values() ?? [])].flat();
  const lines = lists.map(([key, kind]) => ({
    key,
    kind,
    lines: key === 'extras_require' ? extras : (options.get(key) ?? []),
  }));
  const elsewhere = lines.filter((list) => list.lines.some(isReference)).map(({ key }) => key);
  if (elsewhere.length > 0)
    noteComputed({ file }, `takes ${elsewhere.join(', ')} from another file`, notices);
  const name = sections.get('metadata')?.get('name')?.[0] ?? null;
  const requirements = lines.flatMap((list) => requirementsOf(list.lines, list.kind));
  return { file, name, isProject: name !== null, requirements };
}

/** `file: requirements.txt` */
function isReference(line: string): boolean {
  return /^(?:file|attr):/.test(line);
}

function readSetupPy(
  tree: RepositoryTree,
  file: string,
  knownName: string | null,
  notices: Notices,
): Setup | null {
  const text = tree.read(file);
  const call = text === null ? null : setupCall(text);
  if (text === null || call === null) return null;
  const name = call.computed.has('name') ? null : (call.texts.get('name')?.[0] ?? null);
  const missed = missedIn(call).filter((key) => key !== 'name' || knownName === null);
  if (missed.length > 0) {
    const what = missed.map((key) => (key === '**' ? 'arguments' : key)).join(', ');
    noteComputed({ file, line: positionAt(text, call.offset).line }, `computes ${what}`, notices);
  }
  return {
    file,
    name,
    isProject: name !== null || call.computed.has('name') || call.computed.has('**'),
    requirements: lists.flatMap(([key, kind]) => requirementsOf(call.texts.get(key) ?? [], kind)),
  };
}

function missedIn({ computed }: SetupCall): string[] {
  return ['name', ...lists.map(([key]) => key), '**'].filter((key) => computed.has(key));
}

/** One text may hold several, line by line. */
function requirementsOf(texts: readonly string[], kind: LinkKind): SetupRequirement[] {
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => !isReference(line));
  return lines.map((text) => ({ text, kind }));
}

function noteComputed(position: { file: string; line?: number }, what: string, notices: Notices): void {
  const message = `${what}: only what stands in it literally was taken, write the rest in pyproject.toml to have it derived`;
  notices.add(warning('MANIFEST_COMPUTED', position, message));
}
