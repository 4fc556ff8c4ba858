import type { Repository } from '../world/world.ts';

/** The same on this machine, also where its agents take part by a server elsewhere: for what concerns this machine alone. */
export function here(repository: Repository): Repository {
  const { server: _, isNoted: __, ...local } = repository;
  return local;
}
