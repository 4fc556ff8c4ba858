/** What Git calls the kinds of entries that are no regular files. */
export const symlinkMode = '120000';
export const submoduleMode = '160000';
