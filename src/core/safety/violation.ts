/** Evidence that an invariant does not hold in a state. */
export interface Violation {
  /** The invariant's name, as in the spec. */
  readonly invariant: string;
  /** The scope, agent or ticket concerned. */
  readonly subject: string;
  /** What was found, for a person to read. */
  readonly evidence: string;
}
