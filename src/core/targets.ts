/**
 * What a lock is of: a scope, one file of a scope, or a slot of a resource.
 *
 * A *target* is its name as one text, so that locks, deadlines and tickets can be filed under it: the path of a scope, the path
 * of a file, `@deploy#1` for a slot, and `@deploy#*` in a wish that does not care which. A path is never both: a file whose path
 * becomes that of a scope is its file no longer (`moves.ts`).
 *
 * Two targets *overlap* when they are equal, when they are in the same scope and one of them is the whole, or when they are of
 * the same resource. Overlapping targets of scopes never have different holders. Scopes partition the files, so targets of
 * different scopes never overlap.
 */
import { must } from './assert.ts';
import type { FilePath, ResourceName, ScopePath, Slot } from './ids.ts';
import { byText } from './order.ts';

export type Target = ScopePath | FilePath | Slot;

/** A target in the parts that people and programs tell apart. */
export type LockName = OfScope | OfSlot;

/** Without `file` the whole scope. */
export type OfScope = {
  readonly scope: ScopePath;
  readonly file?: FilePath;
  readonly resource?: undefined;
  readonly slot?: undefined;
};

export type OfSlot = {
  readonly resource: ResourceName;
  /** 1 to the resource's capacity. */
  readonly slot: number;
  readonly scope?: undefined;
  readonly file?: undefined;
};

/** What is asked for or given back, each kind in a list of its own, sorted and without repeats. */
export type Wish = {
  readonly scopes: readonly ScopePath[];
  /** Left out: none. */
  readonly files?: readonly FilePath[];
  /** Left out: none. */
  readonly resources?: readonly ResourceName[];
};

/** One thing by its name, as somebody says it who holds it: exactly one of these is given. */
export type OneName = {
  readonly scope?: ScopePath;
  readonly file?: FilePath;
  readonly resource?: ResourceName;
};

export const slotOf = (resource: ResourceName, slot: number): Slot => `${resource}#${slot}` as Slot;
export const anySlotOf = (resource: ResourceName): Slot => `${resource}#*` as Slot;

/** Whether a target is a slot, or the wish for one. No path reads like it: the door refuses those. */
export const isSlot = (target: Target): target is Slot =>
  target.startsWith('@') && /^@[^/]*#(?:\d+|\*)$/.test(target);

export const resourceOf = (slot: Slot): ResourceName => slot.slice(0, slot.lastIndexOf('#')) as ResourceName;

/** As it is asked for: of a resource any slot. An agent has one slot of a resource at most, so this names what it holds, too. */
export const wantedAs = (target: Target): Target => (isSlot(target) ? anySlotOf(resourceOf(target)) : target);

/** The parts of what a lock is of. */
export function lockNameOf(target: Target, scope: ScopePath | null): LockName {
  if (scope !== null) return target === scope ? { scope } : { scope, file: target as FilePath };
  const slot = target as Slot;
  return { resource: resourceOf(slot), slot: Number(slot.slice(slot.lastIndexOf('#') + 1)) };
}

export function targetOf(name: LockName): Target {
  return name.resource === undefined ? (name.file ?? name.scope) : slotOf(name.resource, name.slot);
}

/** What somebody names, as a wish: of a resource any slot. */
export function targetNamed({ scope, file, resource }: OneName): Target {
  if (resource !== undefined) return anySlotOf(resource);
  return must(file ?? scope, 'a name is given');
}

export function wishFor({ scope, file, resource }: OneName): Wish {
  return {
    scopes: scope === undefined ? [] : [scope],
    files: file === undefined ? [] : [file],
    resources: resource === undefined ? [] : [resource],
  };
}

/** What somebody wants, in its parts: of a resource no slot. */
export type WantedName =
  | { readonly scope: ScopePath; readonly file?: FilePath; readonly resource?: undefined }
  | { readonly resource: ResourceName; readonly scope?: undefined; readonly file?: undefined };

/** The name alone of what carries more. */
export function partsOf(name: LockName): LockName {
  const { scope, file, resource, slot } = name;
  if (scope === undefined) return { resource, slot };
  return file === undefined ? { scope } : { scope, file };
}

/**
 * A name, and more about what has it. Written out because of Node 20: what is added to an object literal after a spread at its
 * beginning costs two microseconds each, and gives every object a shape of its own, which slows down whatever reads it.
 */
export function nameWith<Name extends LockName | WantedName, More extends object>(
  name: Name,
  more: More,
): Name & More {
  const { scope, file, resource } = name;
  if (scope !== undefined)
    return (file === undefined ? { scope, ...more } : { scope, file, ...more }) as unknown as Name & More;
  const { slot } = name as { readonly slot?: number };
  return (slot === undefined ? { resource, ...more } : { resource, slot, ...more }) as unknown as Name & More;
}

/** What a lock is of, for programs: a path, or the name of a resource. {@link shownName} is for people. */
export const nameOf = (name: LockName | WantedName): string => name.resource ?? name.file ?? name.scope;

/** All that a wish names, in one list. */
export const namesOf = ({
  scopes,
  files = [],
  resources = [],
}: Wish): (ScopePath | FilePath | ResourceName)[] => [...scopes, ...files, ...resources];

/** A path as it is told to people, and as it is typed: `./@git` is a file at the top, and `@git` the resource. */
const shownPath = (path: string): string => (/^@[^/]*$/.test(path) ? `./${path}` : path);

/** As it is told to people: a path, or the name of a resource. */
export const shownTarget = (target: Target): string =>
  isSlot(target) ? resourceOf(target) : shownPath(target);

export const shownName = ({ scope, file, resource }: LockName | WantedName): string =>
  resource ?? shownPath(file ?? scope);

export const shownNames = ({ scopes, files = [], resources = [] }: Wish): string[] => [
  ...[...scopes, ...files].map(shownPath),
  ...resources,
];

/** A wish as targets, in order: a file whose path is that of a scope means the scope. */
export function targetsOf({ scopes, files = [], resources = [] }: Wish): Target[] {
  if (files.length === 0 && resources.length === 0) return [...scopes];
  return [...new Set<Target>([...scopes, ...files, ...resources.map(anySlotOf)])].sort(byText);
}

/** What a lock is of, as somebody names it: of a resource without the slot. */
export function oneNameOf({ scope, file, resource }: LockName | WantedName): OneName {
  if (resource !== undefined) return { resource };
  return file === undefined ? { scope } : { file };
}

/** Lists that would be empty are left out; that of scopes stays. */
export function withoutNone({ scopes, files = [], resources = [] }: Wish): Wish {
  if (files.length === 0 && resources.length === 0) return { scopes };
  return {
    scopes,
    ...(files.length === 0 ? {} : { files }),
    ...(resources.length === 0 ? {} : { resources }),
  };
}

/** What has these names, as a wish. */
export function wishOfNames(names: readonly LockName[]): Wish {
  const scopes = names.flatMap(({ scope, file }) =>
    scope === undefined || file !== undefined ? [] : [scope],
  );
  const files = names.flatMap(({ file }) => file ?? []);
  const resources = names.flatMap(({ resource }) => resource ?? []);
  return withoutNone({ scopes, files, resources });
}
