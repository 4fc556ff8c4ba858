import { join } from 'node:path';
import { defineConfig, type RolldownOptions, type RolldownPlugin } from 'rolldown';
import { lateBuiltins } from './bundle/builtins.ts';
import { executable } from './bundle/executable.ts';
import { licences } from './bundle/licences.ts';
import { packed } from './bundle/packed.ts';

/**
 * What `tsc` has written to `dist` is the library, module for module. This makes the program of it, `dist/cli`, as few files:
 * to find and resolve the 150 modules that one command is made of costs more than all that it does. It is CommonJS, which Node
 * starts sooner than ES modules; names and lines stay, for the stacks of errors.
 */
const source = (path: string): string => join(import.meta.dirname, 'src', path);

const common = {
  platform: 'node',
  // The other form of jsonc-parser hides what it asks for.
  resolve: { mainFields: ['module', 'main'] },
  // It brings a binary of its own, and only a Node without SQLite asks for it.
  external: ['@photostructure/sqlite'],
  // A module of ours of which nothing is used need not run: a front door costs only what is taken through it.
  treeshake: { moduleSideEffects: (id) => !id.startsWith(source('')) || /\b(main|start)\.ts$/.test(id) },
  // Which commands share a file is said below.
  checks: { ineffectiveDynamicImport: false },
} satisfies RolldownOptions;

const program = {
  dir: 'dist/cli',
  format: 'cjs',
  minifyInternalExports: false,
  dynamicImportInCjs: false,
  comments: { legal: false, annotation: false, jsdoc: false },
} as const;

/** The rest of the package is ES modules. */
const commonJs: RolldownPlugin = {
  name: 'commonjs-folder',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
  },
};

/**
 * The MCP SDK has two validators for the answers to forms, for which no tool of ours asks: the one that is no compiler is a
 * seventh of the other, and needs no start.
 */
const lightValidator: RolldownPlugin = {
  name: 'light-validator',
  resolveId: (id) => (id === '@modelcontextprotocol/server/_shims' ? 'light-validator' : null),
  load: (id) =>
    id === 'light-validator'
      ? `export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
         export { default as process } from 'node:process';`
      : null,
};

/** Whether a module is one that `tsc` has written. */
const isOfLibrary = (path = ''): boolean => path.startsWith(join(import.meta.dirname, 'dist'));

/**
 * Each group is one file with all that its modules need and no group of a higher priority has. `common`: the little that all
 * need; `base`: what every command and the first call of `rhema mcp` need; `program`: the tree of commands, and the lock;
 * `machine`, `logger`: what several of the others need of these rooms, so that none of them loads MCP for it; `mcp-server`: all of
 * the first answer.
 */
const groups = [
  // What decides and remembers is the owner's alone: who asks it needs only the names of things.
  {
    name: 'decider',
    test: /src\/core\/(agents|syncs|locks|scopes|draft|queue|wait-graph|snapshot|lock-refusals|configuration|messages|contexts|notices-of-\w+|safety\/\w+|notices|former-holders|graph|priority-queue|decide|violations|lock-bounds|lines|expiry|evolve|gate|lock-index|invalidation|contention|ticket-line|overlap|initial-state|moves|inbox|requests|leases|withdrawal|write|decision|status|free|event-kinds|index)\.ts$/,
    includeDependenciesRecursively: false,
    priority: 5,
  },
  {
    name: 'common',
    test: /src\/(core\/(visible|message-forms)|protocol\/plain-issues|client\/version|cli\/mcp\/mcp-defaults|hooks\/hook-clients)\.ts$/,
    priority: 4,
  },
  { name: 'base', test: /src\/cli\/(process\/process-ports|call)\.ts$/, priority: 3 },
  // What acts for an agent and says why it was refused: also for the hooks of clients, which need nothing of the tree of commands.
  {
    name: 'acting',
    test: /src\/cli\/(commands\/(speak|named|acquiring|acting)|format\/refusal|answer\/output)\.ts$|src\/(wording\/notice-words|participant\/telling)\.ts$/,
    priority: 2.5,
  },
  { name: 'hook', test: /src\/cli\/hook\/run-hook\.ts$/, priority: 2.2 },
  {
    name: 'program',
    test: /src\/cli\/(command-line|commands\/(lock|lock-acquire|news))\.ts$/,
    priority: 2,
  },
  { name: 'machine', test: /src\/(core|participant|wording)\//, priority: 1.5 },
  { name: 'logger', test: /src\/observe\/log\.ts$/, priority: 1.4 },
  // By its own name it would lie where the entry of the program lies.
  { name: 'jsonc', test: /node_modules\/jsonc-parser\//, priority: 3 },
  { name: 'zod', test: /node_modules\/zod\//, priority: 3 },
  { name: 'mcp-server', test: /src\/cli\/mcp\/serve-mcp\.ts$/, priority: 1 },
  { name: 'mcp-tools', test: /src\/(cli\/mcp\/mcp-ports|mcp\/face)\.ts$/, priority: 0 },
];

export default defineConfig([
  {
    ...common,
    plugins: [commonJs, lightValidator, lateBuiltins, licences('THIRD-PARTY-LICENSES.txt')],
    // Parts of a group may go elsewhere with what they need.
    preserveEntrySignatures: 'allow-extension',
    input: { start: source('cli/start.ts') },
    output: { ...program, cleanDir: true, chunkFileNames: '[name].js', codeSplitting: { groups } },
  },
  // What is done before anything is loaded.
  {
    ...common,
    plugins: [executable],
    input: { main: source('cli/main.ts') },
    external: (id) => id === './start.ts',
    output: { ...program, paths: { [source('cli/start.ts')]: './start.js' } },
  },
  // A file of its own, which needs nothing else of the package: it ends a command also when the package is gone.
  { ...common, input: { 'tether-main': source('cli/tether-main.ts') }, output: program },
  // In the library the schemas alone need a package, and a tenth of it.
  {
    platform: 'node',
    plugins: [licences('THIRD-PARTY-LICENSES.txt')],
    input: { requests: 'dist/protocol/requests.js' },
    external: (id, importer) =>
      isOfLibrary(importer) && /^\.(?!\/(command-schemas|fields|plain-submits)\.js$)/.test(id),
    output: { dir: 'dist/protocol', format: 'es' },
  },
  // The same for what reads events over HTTP; it is the last, so that what is packed is judged by what is there in the end.
  {
    platform: 'node',
    plugins: [licences('THIRD-PARTY-LICENSES.txt'), packed(import.meta.dirname)],
    input: { events: 'dist/client/http/events.js' },
    external: (id, importer) => isOfLibrary(importer) && id.startsWith('.'),
    output: { dir: 'dist/client/http', format: 'es' },
  },
]);
