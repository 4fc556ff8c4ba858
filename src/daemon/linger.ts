/** How long the process may live on once it has left its last log. */
const lingerMaxMs = 1_500;

/** Ends the process soon: what is under way still, a disk or a program that does not answer, has no part in any log any more. */
export function endSoon(): void {
  setTimeout(() => process.exit(), lingerMaxMs).unref();
}
