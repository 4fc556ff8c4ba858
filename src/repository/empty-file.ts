/** What to do about a scope's file that says nothing. */
export const emptyFileText = `is empty: put back what it said, remove it, or write at least 'name: ...'`;
