import { safe } from './text.ts';

/** A scope and what it depends on. */
export interface GraphNode {
  readonly path: string;
  readonly dependencies: readonly string[];
}

/**
 * A tree for people, from the scopes that nobody depends on down. A scope that several others need is unfolded where it
 * first appears, and marked by an ellipsis elsewhere, so that the text stays as long as the graph.
 */
export function treeText(nodes: readonly GraphNode[]): string {
  const drawing: Drawing = {
    byPath: new Map(nodes.map((node) => [node.path, node])),
    unfolded: new Set(),
    lines: [],
  };
  const needed = new Set(nodes.flatMap((node) => node.dependencies));
  for (const { path } of nodes.filter((node) => !needed.has(node.path))) drawTree(drawing, path);
  return drawing.lines.join('\n');
}

interface Drawing {
  readonly byPath: ReadonlyMap<string, GraphNode>;
  readonly unfolded: Set<string>;
  readonly lines: string[];
}

interface Pending {
  readonly path: string;
  /** What stands before the name, and before the names below it. */
  readonly lead: string;
  readonly leadBelow: string;
}

/** With a stack of its own: a chain of dependencies may be longer than the call stack. */
function drawTree(drawing: Drawing, root: string): void {
  const pending: Pending[] = [{ path: root, lead: '', leadBelow: '' }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, lead, leadBelow } = next;
    const below = drawing.byPath.get(path)?.dependencies ?? [];
    const seen = drawing.unfolded.has(path);
    drawing.unfolded.add(path);
    drawing.lines.push(`${lead}${safe(path)}${seen && below.length > 0 ? ' ...' : ''}`);
    if (!seen) pending.push(...childrenOf(below, leadBelow).reverse());
  }
}

function childrenOf(paths: readonly string[], lead: string): Pending[] {
  return paths.map((path, index) => {
    const last = index === paths.length - 1;
    return { path, lead: `${lead}${last ? '└─ ' : '├─ '}`, leadBelow: `${lead}${last ? '   ' : '│  '}` };
  });
}

/** For Graphviz. An arrow leads from a scope to what it depends on. */
export function dotText(nodes: readonly GraphNode[]): string {
  const edges = nodes.flatMap(({ path, dependencies }) => [
    `  ${JSON.stringify(safe(path))};`,
    ...dependencies.map((to) => `  ${JSON.stringify(safe(path))} -> ${JSON.stringify(safe(to))};`),
  ]);
  return ['digraph scopes {', '  rankdir=LR;', ...edges, '}'].join('\n');
}

/** For Mermaid, which knows nodes by plain ids. */
export function mermaidText(nodes: readonly GraphNode[]): string {
  const ids = new Map(nodes.map(({ path }, index) => [path, `s${index}`]));
  const names = nodes.map(({ path }) => `  ${ids.get(path)}["${safe(path).replaceAll('"', '#quot;')}"]`);
  const edges = nodes.flatMap(({ path, dependencies }) =>
    dependencies.filter((to) => ids.has(to)).map((to) => `  ${ids.get(path)} --> ${ids.get(to)}`),
  );
  return ['graph LR', ...names, ...edges].join('\n');
}
