import { isMap, isScalar } from 'yaml';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { configBlock, homeOfStray } from '../../config/index.ts';
import { folderName, type Candidate } from './candidates.ts';
import type { YamlFile } from '../yaml/parse-yaml.ts';
import { warningAt, wholeFile } from './problems.ts';
import { likenessOf, readScope, type ScopeFile, type ScopeReading } from './read-scope.ts';
import type { Tree } from './tree.ts';

/** A candidate after reading. */
export interface ReadCandidate {
  readonly candidate: Candidate;
  /** `foreign`: gone meanwhile, or somebody else's `scope.yaml`. */
  readonly kind: 'scope' | 'foreign';
  /** Null when the file is broken. */
  readonly scope: ScopeFile | null;
  /** Kept for the root scope only: it carries the configuration. */
  readonly yaml: YamlFile | null;
  readonly problems: readonly ScopeProblem[];
}

/** Reads one candidate. `known`: the scopes of the previous scan, whose files count as ours however they look now. */
export async function readCandidate(
  tree: Tree,
  candidate: Candidate,
  known: ReadonlySet<ScopePath>,
): Promise<ReadCandidate> {
  const content = await tree.read(candidate.file);
  if (!content.ok) {
    const kind = content.problem === null ? 'foreign' : 'scope';
    return {
      candidate,
      kind,
      scope: null,
      yaml: null,
      problems: content.problem === null ? [] : [content.problem],
    };
  }
  const options = { file: candidate.file, folderName: folderName(candidate.scope) };
  const reading = readScope(content.bytes, options);
  if (candidate.kind !== 'scope.yaml' || known.has(candidate.scope)) return asScope(candidate, reading);
  return judge(candidate, reading, content.bytes);
}

function asScope(candidate: Candidate, { scope, yaml, problems }: ScopeReading): ReadCandidate {
  if (candidate.scope === '.') return { candidate, kind: 'scope', scope, yaml, problems };
  const misplaced = yaml === null ? [] : misplacedConfig(yaml);
  return { candidate, kind: 'scope', scope, yaml: null, problems: [...problems, ...misplaced] };
}

function misplacedConfig(yaml: YamlFile): ScopeProblem[] {
  const root = yaml.document.contents;
  if (!isMap(root)) return [];
  return root.items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const advice = name === configBlock ? 'move it' : strayAdvice(name);
    if (advice === null) return [];
    const message = `${name} is read from the root scope's file only: ${advice}`;
    return [warningAt('MISPLACED_CONFIG', yaml.positionOf(key), message)];
  });
}

function strayAdvice(name: string): string | null {
  const home = homeOfStray(name);
  return home === null ? null : `move it there, under ${home}`;
}

/** Other tools have files called `scope.yaml` too: only what looks like ours is a scope. */
function judge(candidate: Candidate, reading: ScopeReading, bytes: Uint8Array): ReadCandidate {
  const foreign = { candidate, kind: 'foreign', scope: null, yaml: null, problems: [] } as const;
  if (reading.yaml === null) return mentionsOwnKeys(bytes) ? asScope(candidate, reading) : foreign;
  switch (likenessOf(reading)) {
    case 'scope':
      return asScope(candidate, reading);
    case 'intended':
      return { ...foreign, problems: [intended(candidate)] };
    case 'foreign':
      return foreign;
  }
}

function mentionsOwnKeys(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 64 * 1024));
  return /^(?:scope_type|rhema|agent_coordination|dependencies)\s*:/m.test(head);
}

function intended({ file }: Candidate): ScopeProblem {
  return warningAt(
    'NAME_MISSING',
    wholeFile(file),
    `ignored: it has no name; write 'name: ...' to make it a scope`,
  );
}
