/** What an agent may want: whole scopes, files of them, slots of resources, and several of these together. */
import {
  withoutNone,
  type FilePath,
  type LockName,
  type OneName,
  type ScopePath,
  type Wish,
} from '../src/core/index.ts';
import { filesOf, type Profile } from './profile.ts';
import type { Random } from './random.ts';

const kinds = { scopes: 5, files: 4, mixed: 2, resource: 1 } as const;

export class Wishes {
  readonly #random: Random;
  readonly #profile: Profile;

  constructor(random: Random, profile: Profile) {
    this.#random = random;
    this.#profile = profile;
  }

  /** Some are refused: there may be no such scope or resource at the time, or it is more than one agent may have. */
  draw(): Wish {
    const random = this.#random;
    const { resources } = this.#profile;
    switch (random.weighted(kinds)) {
      case 'scopes':
        return { scopes: this.#scopes() };
      case 'files':
        return { scopes: [], files: this.#files() };
      case 'mixed': {
        const scopes = random.happens(0.5) ? this.#scopes() : [];
        return withoutNone({ scopes, files: this.#files(), resources: random.some(resources, 1) });
      }
      case 'resource':
        return { scopes: [], resources: random.some(resources, random.between(1, resources.length)) };
    }
  }

  /** One that can be had at last, once those who have it have given it back and the graph is as it was. */
  drawSure(): Wish {
    const random = this.#random;
    const { scopes, resources } = this.#profile;
    const scope = random.pick(scopes);
    switch (random.weighted(kinds)) {
      case 'scopes':
        return { scopes: [scope] };
      case 'files':
        return { scopes: [], files: filesOf(scope) };
      case 'mixed':
        return { scopes: [], files: random.some(filesOf(scope), 1), resources: random.some(resources, 1) };
      case 'resource':
        return { scopes: [], resources: random.some(resources, 1) };
    }
  }

  /** To go with what an agent has: more of the same scope, all of it, or a resource. */
  drawBeside(held: readonly LockName[]): Wish {
    const random = this.#random;
    const { scopes, resources } = this.#profile;
    const scope = held.map((lock) => lock.scope).find((path) => path !== undefined) ?? random.pick(scopes);
    return random.pick<Wish>([
      { scopes: [scope] },
      { scopes: [], files: random.some(filesOf(scope), 1) },
      { scopes: [], resources: random.some(resources, 1) },
    ]);
  }

  /** One thing, as somebody names it who asks its holder for it, or takes it back. */
  drawOne(): OneName {
    const random = this.#random;
    const { scopes, resources } = this.#profile;
    const scope = random.pick(scopes);
    return random.pick<OneName>([
      { scope },
      { file: random.pick(filesOf(scope)) },
      { resource: random.pick(resources) },
    ]);
  }

  /** As many as an agent may have at most; now and then one that is there for a while only. */
  #scopes(): ScopePath[] {
    const random = this.#random;
    const { scopes, inner, settings } = this.#profile;
    if (random.happens(0.15)) return random.some(inner, 1);
    const most = Math.min(settings.maxLocksPerAgent, scopes.length);
    return random.some(scopes, random.between(1, most)).sort();
  }

  /** Of one scope, mostly. */
  #files(): FilePath[] {
    const random = this.#random;
    const files = filesOf(random.pick(this.#profile.scopes));
    const more = random.happens(0.2) ? filesOf(random.pick(this.#profile.scopes)) : [];
    return random.some([...new Set([...files, ...more])], random.between(1, 2)).sort();
  }
}
