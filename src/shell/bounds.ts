/** How much of a command line is judged. Within these a text takes less than a second, however it is made. */

/** As a command line on Linux: one argument, that of `sh -c`, has at most 128 KiB. */
export const textLengthMax = 256 * 1024;

/**
 * The parser reads the rest of a text again for each substitution or here-document that is opened and not closed, so the number of them
 * times the length is bounded: 131,072 times `$(` would take 22 s. A script of 64 KiB may have 7,600 of them.
 */
export const rereadingMax = 500_000_000;

/** Lists, groups, substitutions and shells within each other. */
export const depthMax = 50;

/** Commands that are looked at, each turn of a loop by itself. */
export const commandsMax = 5_000;

/** What an answer names. */
export const findingsMax = 10_000;
