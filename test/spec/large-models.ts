/** Models that take a minute and more: `npm run test:all` compares them with the core, continuous integration all others. */
export const largeModels: readonly string[] = ['Everything22timed', 'Sessions32', 'Files32'];
