/**
 * Whether the TLA+ modules parse, and whether TLC's configurations fit them, without Java: the grammar of
 * `@tlaplus/tree-sitter-tlaplus` as WebAssembly. It looks at form only; TLC also looks at meaning.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { modelsFolder } from './slice.ts';

export const specFolder = dirname(modelsFolder);

/** A place in a text that does not parse. Lines and columns begin at 1. */
export interface SyntaxFlaw {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A module: the names that it declares or defines, the modules that it extends, and those it has instances of. */
export interface Module {
  readonly names: ReadonlySet<string>;
  readonly extended: readonly string[];
  readonly instantiated: readonly string[];
}

/** Modules that come with TLA+ or with TLC. */
const standardModules = new Set(['Naturals', 'Integers', 'Sequences', 'FiniteSets', 'Bags', 'TLC', 'TLCExt']);
/** Modules that are written when a check is run: a log, as `test/trace` translates it. */
const generatedModules = new Set(['TraceLog']);

export async function createParser(): Promise<Parser> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const grammar = require.resolve('@tlaplus/tree-sitter-tlaplus/tree-sitter-tlaplus.wasm');
  return new Parser().setLanguage(await Language.load(grammar));
}

/** Paths below the specification's folder of the files that end so. */
export function specFiles(ending: string): string[] {
  return readdirSync(specFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .sort();
}

export const readSpec = (path: string): string => readFileSync(join(specFolder, path), 'utf8');

/** Where the text of a module does not parse; empty when it does. */
export function syntaxFlaws(parser: Parser, text: string): SyntaxFlaw[] {
  return withTree(parser, text, (root) => [...flawsBelow(root)]);
}

function withTree<T>(parser: Parser, text: string, use: (root: Node) => T): T {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser has no language');
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}

function* flawsBelow(node: Node): Generator<SyntaxFlaw> {
  if (node.isError || node.isMissing) yield flawAt(node);
  else if (node.hasError) for (const child of node.children) yield* flawsBelow(child);
}

function flawAt({ startPosition, isMissing, type, text }: Node): SyntaxFlaw {
  const message = isMissing ? `${type} is missing` : `unexpected ${JSON.stringify(text.slice(0, 40))}`;
  return { line: startPosition.row + 1, column: startPosition.column + 1, message };
}

/** The kinds of nodes that give a module a name that a configuration may use. */
const namingNodes = new Set([
  'operator_definition',
  'function_definition',
  'constant_declaration',
  'variable_declaration',
]);

/** What one module declares, defines and extends by itself. */
export function readModule(parser: Parser, text: string): Module {
  return withTree(parser, text, (root) => {
    const [module] = root.namedChildren.filter((child) => child.type === 'module');
    const parts = module?.namedChildren ?? [];
    return {
      names: new Set(parts.filter(({ type }) => namingNodes.has(type)).flatMap(namesIn)),
      extended: parts.filter(({ type }) => type === 'extends').flatMap(namesIn),
      instantiated: root.descendantsOfType('instance').flatMap((node) => namesIn(node).slice(0, 1)),
    };
  });
}

/** The name of a definition; the names in a list of identifiers and of operators with their parameters. */
function namesIn(node: Node): string[] {
  const name = node.childForFieldName('name');
  if (name !== null) return [name.text];
  return node.namedChildren.flatMap((child) => {
    if (child.type.startsWith('identifier')) return [child.text];
    return child.type === 'operator_declaration' ? namesIn(child) : [];
  });
}

/** What a configuration of TLC refers to. */
export interface Configuration {
  readonly module: string;
  /** Constants that are given a value, and definitions that are put in a constant's place. */
  readonly constants: readonly string[];
  /** Specification, view, symmetry, constraints, invariants and properties. */
  readonly definitions: readonly string[];
}

const listing =
  /^(?:SPECIFICATION|VIEW|SYMMETRY|(?:ACTION_)?CONSTRAINTS?|INVARIANTS?|PROPERT(?:Y|IES))\b(.*)$/;

export function readConfiguration(text: string): Configuration {
  const [, module = ''] = /^\\\* Module: (\w+)$/m.exec(text) ?? [];
  const constants: string[] = [];
  const definitions: string[] = [];
  let isListing = false;
  for (const line of text.replaceAll(/\\\*.*$/gm, '').split('\n')) {
    const [, listed] = listing.exec(line) ?? [];
    if (/^[A-Z_]+\b/.test(line)) isListing = listed !== undefined;
    const [, constant, replacement] = /^\s+(\w+) *(?:=|<- *(\w+))/.exec(line) ?? [];
    if (constant !== undefined) constants.push(constant, ...(replacement === undefined ? [] : [replacement]));
    else if (isListing) definitions.push(...((listed ?? line).match(/\w+/g) ?? []));
  }
  return { module, constants, definitions };
}

/** Every module below the specification's folder, by name. */
export function readModules(parser: Parser): Map<string, Module> {
  const modules = new Map<string, Module>();
  for (const path of specFiles('.tla'))
    modules.set(basename(path, '.tla'), readModule(parser, readSpec(path)));
  return modules;
}

/** The names that a module has, with those of the modules that it extends; null when there is no such module. */
export function namesOf(modules: ReadonlyMap<string, Module>, name: string): ReadonlySet<string> | null {
  const module = modules.get(name);
  if (module === undefined) return null;
  const names = new Set(module.names);
  for (const extended of module.extended)
    for (const inherited of namesOf(modules, extended) ?? []) names.add(inherited);
  return names;
}

/** Modules that a module extends or has instances of, and that are nowhere. */
export function missingModules(
  modules: ReadonlyMap<string, Module>,
  { extended, instantiated }: Module,
): string[] {
  const exists = (name: string): boolean =>
    modules.has(name) || standardModules.has(name) || generatedModules.has(name);
  return [...extended, ...instantiated].filter((name) => !exists(name));
}

function extendsGenerated(modules: ReadonlyMap<string, Module>, name: string): boolean {
  if (generatedModules.has(name)) return true;
  const extended = modules.get(name)?.extended ?? [];
  return extended.some((module) => extendsGenerated(modules, module));
}

/**
 * What a configuration refers to and its module does not have; empty when all is there. Constants of a module that
 * extends a generated one may come from there, so they are not looked at.
 */
export function configurationFlaws(modules: ReadonlyMap<string, Module>, text: string): string[] {
  const { module, constants, definitions } = readConfiguration(text);
  const names = namesOf(modules, module);
  if (names === null) return [`there is no module ${module}`];
  const known = extendsGenerated(modules, module) ? definitions : [...constants, ...definitions];
  return known
    .filter((name) => !names.has(name))
    .map((name) => `${name} is not in ${module}, or in what it extends`);
}
