import { parse, type ParserPlugin } from '@babel/parser';

/**
 * The modules that a file imports, requires or re-exports under a literal name, types included; null when it cannot be
 * parsed.
 */
export function importedModules(file: string, text: string): Set<string> | null {
  const program = parseSource(file, text);
  if (program === null) return null;
  const modules = new Set<string>();
  const pending: unknown[] = [program];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node)) pushAll(pending, node as unknown[]);
    else if (isNode(node)) {
      const module = moduleOf(node);
      if (module !== null) modules.add(module);
      pushAll(pending, Object.values(node));
    }
  }
  return modules;
}

/** What `/// <reference path="..." />` names, or `types`. */
export function referencedModules(text: string): string[] {
  const pattern = /^[ \t]*\/\/\/[ \t]*<reference[ \t]+(?:path|types)[ \t]*=[ \t]*(["'])([^"'\n]+)\1/gm;
  return [...text.matchAll(pattern)].map((match) => match[2] ?? '');
}

/** One by one: a generated array has more items than a call may have arguments. */
function pushAll(pending: unknown[], values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'object') pending.push(value);
}

interface Node {
  readonly type: string;
  readonly source?: unknown;
  readonly expression?: unknown;
  readonly argument?: unknown;
  readonly callee?: unknown;
  readonly arguments?: unknown;
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function moduleOf(node: Node): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return literal(node.source);
    case 'TSExternalModuleReference':
      return literal(node.expression);
    case 'TSImportType':
      return literal(node.argument) ?? literal((node.argument as Node | undefined)?.expression);
    case 'CallExpression':
      return isRequire(node.callee) ? literal((node.arguments as unknown[] | undefined)?.[0]) : null;
    default:
      return null;
  }
}

/** `require(...)`, `require.resolve(...)` and `import(...)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  const { type, name, object } = callee as Node & { readonly name?: unknown; readonly object?: unknown };
  if (type === 'MemberExpression') return isRequire(object);
  return type === 'Import' || (type === 'Identifier' && name === 'require');
}

function literal(node: unknown): string | null {
  if (!isNode(node)) return null;
  const { type, value, quasis } = node as Node & { readonly value?: unknown; readonly quasis?: unknown };
  if (type === 'StringLiteral' && typeof value === 'string') return value;
  if (type !== 'TemplateLiteral' || !Array.isArray(quasis) || quasis.length !== 1) return null;
  const [only] = quasis as readonly { readonly value?: { readonly cooked?: unknown } }[];
  return typeof only?.value?.cooked === 'string' ? only.value.cooked : null;
}

function parseSource(file: string, text: string): unknown {
  try {
    return parse(text, {
      sourceType: 'unambiguous',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      createImportExpressions: true,
      attachComment: false,
      plugins: pluginsFor(file),
    }).program;
  } catch {
    return null;
  }
}

/** JSX and TypeScript's old casts (`<T>value`) exclude each other. JavaScript may be Flow or JSX under any name. */
function pluginsFor(file: string): ParserPlugin[] {
  const common: ParserPlugin[] = ['decorators-legacy', 'explicitResourceManagement'];
  if (/\.[cm]?ts$/.test(file)) return [...common, ['typescript', { dts: file.endsWith('.d.ts') }]];
  return file.endsWith('.tsx') ? [...common, 'typescript', 'jsx'] : [...common, 'flow', 'jsx'];
}
