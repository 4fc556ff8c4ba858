/** Where scopes are described: all in the top's file, or each in a file of its own. */
export const layouts = ['one', 'files'] as const;
export type Layout = (typeof layouts)[number];
