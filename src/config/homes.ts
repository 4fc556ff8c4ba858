import { configBlock, options } from './options.ts';

/** Where each key of the block belongs; one of a single word may belong to several sections. */
const homes: ReadonlyMap<string, readonly string[]> = homesOfKeys();

function homesOfKeys(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { key } of options) {
    const words = key.split('.');
    for (let depth = 1; depth < words.length; depth += 1) {
      const name = words[depth] ?? '';
      found.set(name, (found.get(name) ?? new Set()).add(words.slice(0, depth).join('.')));
    }
  }
  return new Map([...found].map(([name, sections]) => [name, [...sections]]));
}

/** The sections that have a key of this name, in words; null: none has. */
export function homeOf(name: string): string | null {
  return homes.get(name)?.join(' or ') ?? null;
}

/** The same of what stands outside the block: there a key of a single word may be somebody else's. */
export function homeOfStray(name: string): string | null {
  return name.includes('_') && name !== configBlock ? homeOf(name) : null;
}
