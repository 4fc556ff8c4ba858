import { shellCommand } from '../format/text.ts';
import type { AtSocket } from '../world/surroundings.ts';
import type { RepositoryFacts } from './facts.ts';
import { findingsFrom, ok, problem, readRemedy, type Finding } from './finding.ts';

const moved = (path: string): string => shellCommand('mv', path, `${path}.away`);

/** What is no socket of ours, in words, and the command that helps. Nothing is removed: nobody knows what it is for. */
const thingsInTheWay: { readonly [There in AtSocket]?: { named: string; remedy: (path: string) => string } } =
  {
    folder: { named: 'a folder', remedy: moved },
    file: { named: 'a file', remedy: moved },
    link: { named: 'a symbolic link', remedy: moved },
    foreignSocket: {
      named: 'a socket of another user',
      remedy: (path) =>
        `work as that user; or, when no program of that user serves there any more: ${moved(path)}`,
    },
  };

/** Whether no coordinator can listen for what is there. */
export const isForeign = (there: AtSocket): boolean => thingsInTheWay[there] !== undefined;

export function checkSocket({ state, surroundings, owner }: RepositoryFacts): readonly Finding[] {
  return findingsFrom('socket', state, readRemedy, ({ socket }) => {
    if (!socket.ok) return [problem('socket', socket.problem, 'until then use --direct')];
    const there = surroundings.known ? surroundings.value.atSocket : 'nothing';
    const inTheWay = thingsInTheWay[there];
    if (inTheWay !== undefined)
      return [
        problem(
          'socket',
          `${socket.value} is ${inTheWay.named}: no coordinator can listen there`,
          inTheWay.remedy(socket.value),
        ),
      ];
    if (there === 'socket' && owner.known && owner.value === null)
      return [ok('socket', `${socket.value}, left behind; the next command replaces it`)];
    return [ok('socket', socket.value)];
  });
}
