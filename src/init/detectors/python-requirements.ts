import type { LinkKind } from '../graph/links.ts';
import { isTable, tableIn, textsIn, type Table } from './manifests.ts';
import type { SetupRequirement } from './python-setup.ts';

export interface Requirement {
  /** In the form that is compared. */
  readonly name: string;
  readonly kind: LinkKind;
  /** A table of uv or Poetry that says where it comes from, or what an address says in their words. */
  readonly origin: Table | null;
}

/** `My.Project_x` and `my-project-x` are one name. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** What a pyproject.toml requires, and further texts beside it. */
export function requirementsOf(manifest: Table, more: readonly SetupRequirement[]): Requirement[] {
  return [...standardRequirements(manifest, more), ...poetryRequirements(manifest)];
}

/**
 * `[project]`, its extras, `[dependency-groups]`, `[build-system]`, and the older tables of uv and PDM;
 * `[tool.uv.sources]` tells where they come from.
 */
function standardRequirements(manifest: Table, more: readonly SetupRequirement[]): Requirement[] {
  const project = tableIn(manifest, 'project');
  const sources = new Map(
    Object.entries(tableIn(manifest, 'tool', 'uv', 'sources')).map(([name, origin]) => [
      comparable(name),
      origin,
    ]),
  );
  const read = (table: Table, kind: LinkKind): SetupRequirement[] =>
    Object.keys(table).flatMap((key) => textsIn(table, key).map((text) => ({ text, kind })));
  const texts = [
    ...read({ dependencies: project['dependencies'] }, 'required'),
    ...read(tableIn(project, 'optional-dependencies'), 'optional'),
    ...read(tableIn(manifest, 'dependency-groups'), 'development'),
    ...read({ requires: tableIn(manifest, 'build-system')['requires'] }, 'development'),
    ...read({ dev: tableIn(manifest, 'tool', 'uv')['dev-dependencies'] }, 'development'),
    ...read(tableIn(manifest, 'tool', 'pdm', 'dev-dependencies'), 'development'),
    ...more,
  ];
  return texts.flatMap((one) => requirementOf(one, sources));
}

/** The name that a requirement (PEP 508) begins with, and the address that may follow it. */
function requirementOf(
  { text, kind }: SetupRequirement,
  sources: ReadonlyMap<string, unknown>,
): Requirement[] {
  const pattern = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\]\s*)?(?:@\s*([^\s;]+))?/;
  const [, name, address] = pattern.exec(text) ?? [];
  if (name === undefined) return [];
  const source = sources.get(comparable(name));
  const origin = isTable(source) ? source : address === undefined ? null : originAt(address);
  return [{ name: comparable(name), kind, origin }];
}

/** A path that is seen from the project's folder, in the words of pip, PDM or Hatch; else it lies elsewhere. */
function originAt(address: string): Table {
  const pattern = /^(?:(?:file:\/*)?(?:\$\{PROJECT_ROOT\}|\{root(?::uri)?\})\/?|file:(?!\/))(.+)$/;
  const path = pattern.exec(address)?.[1];
  return path === undefined ? { url: address } : { path };
}

function poetryRequirements(manifest: Table): Requirement[] {
  const poetry = tableIn(manifest, 'tool', 'poetry');
  const read = (table: Table, kind: LinkKind): Requirement[] =>
    Object.entries(table).map(([name, origin]) => ({
      name: comparable(name),
      kind: isTable(origin) && origin['optional'] === true ? 'optional' : kind,
      origin: isTable(origin) ? origin : null,
    }));
  const groups = Object.values(tableIn(poetry, 'group')).map((group) => tableIn(group, 'dependencies'));
  return [
    ...read(tableIn(poetry, 'dependencies'), 'required'),
    ...read(tableIn(poetry, 'dev-dependencies'), 'development'),
    ...groups.flatMap((group) => read(group, 'development')),
  ];
}
