import type { RepositoryTree } from '../tree/tree.ts';

/**
 * Tells whether a module's path leads to a file, in the sense of TypeScript and bundlers: as it stands, with an ending left
 * out, with the ending that it has once it is built, or as a folder with an index or a manifest.
 */
export class ModuleFiles {
  readonly #tree: RepositoryTree;
  #stems: ReadonlySet<string> | null = null;

  constructor(tree: RepositoryTree) {
    this.#tree = tree;
  }

  has(path: string): boolean {
    const inside = path === '.' ? '' : `${path}/`;
    this.#stems ??= new Set(this.#tree.files.map((file) => file.replace(/(?:\.d)?\.[^./]+$/, '')));
    return (
      this.#tree.has(path) ||
      this.#stems.has(path) ||
      this.#stems.has(`${inside}index`) ||
      this.#tree.has(`${inside}package.json`) ||
      this.#stems.has(path.replace(/\.[cm]?jsx?$/, ''))
    );
  }
}
