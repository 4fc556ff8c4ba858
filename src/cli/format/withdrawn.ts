/** Of a scope that is held or waited for, though its file is gone. */
export const withdrawnText = 'withdrawn: no scope file names it any more, and it goes once it is free';
