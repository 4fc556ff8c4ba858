import type { Observer } from './observer.ts';

/** Tells two of everything. */
export function bothObservers(first: Observer, second: Observer): Observer {
  const both =
    <T>(tell: (observer: Observer, told: T) => void) =>
    (told: T): void => {
      tell(first, told);
      tell(second, told);
    };
  return {
    trouble: both((observer, problem) => observer.trouble(problem)),
    committed: both((observer, commit) => observer.committed(commit)),
    began: both((observer, state) => observer.began(state)),
    entered: both((observer, entries) => observer.entered(entries)),
    answered: both((observer, answered) => observer.answered(answered)),
    told: both((observer, answered) => observer.told(answered)),
  };
}
