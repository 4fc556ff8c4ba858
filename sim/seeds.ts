/** Seeds whose runs once showed a bug, and which. They run in every test. */
export const tellingSeeds: readonly { readonly seed: number; readonly showed: string }[] = [];
