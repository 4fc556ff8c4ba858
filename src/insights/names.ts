import { isSlot, shownTarget, type Target } from '../core/index.ts';

/** For programs: a path, or the name of a resource. */
export const nameOfTarget = (target: Target): string => (isSlot(target) ? shownTarget(target) : target);

/** What a wait is for. */
export const namesOfWait = ({ targets }: { readonly targets: readonly Target[] }): string[] =>
  targets.map(nameOfTarget);
