/** A property is tried on the same values for every mutant, and is not shrunk: only whether it holds matters. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 15, endOnFailure: true });
