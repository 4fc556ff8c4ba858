import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

const load = () => import('../commands/scope.ts');

/** `rhema scope`: the parts of the repository that are coordinated. */
export function addScopeCommands(program: Command, host: Host): void {
  const group = program
    .command('scope')
    .description('the parts of the repository and how they depend on each other');

  const list = group.command('list').description('every scope, with its holder and sync status');
  examples(list, 'rhema scope list');
  implement(list, host, async () => (await load()).listScopes);

  const show = group
    .command('show')
    .description('one scope: its dependencies, dependents, holder and context files')
    .argument('<scope>', 'folder of the scope');
  examples(show, 'rhema scope show src/core');
  implement(show, host, async () => (await load()).showScope);

  const graph = group
    .command('graph')
    .description('the dependencies as a tree; or as text for Graphviz or Mermaid')
    .argument('[scope]', 'only what this scope depends on')
    .option('--dot', 'for Graphviz')
    .option('--mermaid', 'for Mermaid');
  examples(
    graph,
    'rhema scope graph',
    'rhema scope graph src/api',
    'rhema scope graph --dot | dot -Tsvg > scopes.svg',
  );
  implement(graph, host, async () => (await import('../commands/scope-graph.ts')).scopeGraph);

  const refresh = group
    .command('refresh')
    .description('read the scope files again, and take them over if they are sound');
  examples(refresh, 'rhema scope refresh');
  implement(refresh, host, async () => (await load()).refreshScopes);
}
