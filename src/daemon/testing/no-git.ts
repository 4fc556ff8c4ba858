import type { GitFollower } from '../git-follower.ts';

/** Where Git does nothing. */
export const noGit: Pick<GitFollower, 'look'> = { look: () => Promise.resolve() };
