/**
 * The rules by which scopes are derived, by number, so that a repository that was described by earlier ones stays in step as it is:
 * `generated.rules` in the top's file says which. 1: what manifests name. 2: also the folders at the top in which no manifest names
 * anything. `rhema init` goes by the latest.
 */
export const firstRules = 1;
export const latestRules = 2;
