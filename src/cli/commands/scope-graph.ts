import { reachableInOrder } from '../../core/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { dotText, mermaidText, treeText } from '../format/graph.ts';
import type { GraphNode } from '../format/graph.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { scopeNotFound } from './scope.ts';
import { scopeOf } from './scopes-of.ts';

export interface GraphInput {
  readonly scope?: string;
  readonly dot?: boolean;
  readonly mermaid?: boolean;
}

/** The dependencies of all scopes, or of one and all that it leads to. */
export async function scopeGraph(call: Call, input: GraphInput): Promise<Outcome> {
  if (input.dot === true && input.mermaid === true) throw usageError('--dot or --mermaid, not both');
  const drawing = input.dot === true ? '--dot' : input.mermaid === true ? '--mermaid' : null;
  if (call.json && drawing !== null) throw usageError(`${drawing} or --json, not both`);
  const top = input.scope === undefined ? null : await scopeOf(call, input.scope);
  const { revision, scopes } = await (await call.coordinator()).query({ kind: 'scopes', fresh: true });
  if (top !== null && !scopes.some(({ path }) => path === top)) throw await scopeNotFound(call, top, scopes);
  const nodes = nodesUnder(scopes, top);
  const draw = input.dot === true ? dotText : input.mermaid === true ? mermaidText : treeText;
  return done(revision, { scopes: nodes }, () => (nodes.length === 0 ? 'no scopes' : draw(nodes)));
}

function nodesUnder(scopes: readonly ScopeView[], top: ScopePath | null): GraphNode[] {
  const byPath = new Map(scopes.map((scope) => [scope.path, scope]));
  const paths =
    top === null
      ? [...byPath.keys()]
      : reachableInOrder([top], (path) => byPath.get(path)?.dependencies ?? []);
  return paths.flatMap((path) => {
    const scope = byPath.get(path);
    return scope === undefined ? [] : [{ path, dependencies: scope.dependencies }];
  });
}
