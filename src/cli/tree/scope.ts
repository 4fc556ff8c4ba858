import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
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

  const of = group
    .command('of')
    .description('the scope that each of some files is in')
    .argument('<paths...>', 'files or folders, there or not yet');
  examples(of, 'rhema scope of src/core/login.ts test/login.test.ts');
  implement(of, host, async () => (await load()).scopesOfPaths);

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
    .description('bring what `rhema init` wrote in step with the code, and read the scope files again')
    .option('--dry-run', 'only show what would be written, as a diff')
    .option('--yes', 'write without asking')
    .option('--check', 'write nothing; 3 when the files are not in step with the code')
    .option('--accept-none', 'write nothing; believe that there are no scopes any more');
  notes(refresh, refreshNotes);
  examples(refresh, 'rhema scope refresh', 'rhema scope refresh --check');
  implement(refresh, host, async () => (await import('../commands/scope-refresh.ts')).refreshScopes);
}

const refreshNotes = `Scope files that were written by hand are never changed. Without a terminal and without --yes nothing is
written: the coordinator reads the files as they are, and the exit code is 2 when they are not in step.
Files without any scope, where there were some, are not believed, since they may be the wrong ones: the former scopes
stay in force until the files are back, or until --accept-none says that there are none.
In a bare repository nothing is written and nothing compared: the coordinator reads the files of HEAD.`;
