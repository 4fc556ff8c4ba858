/** What a failure says of the command that it answers. A caller that is refused must know whether it may yet be done. */
import { CoordinatorError } from './errors.ts';

const unwritten = '; nothing was written';

/** The failure of a command of which nothing is in the log, nor will be. */
export function nothingWritten(error: CoordinatorError): CoordinatorError {
  return withOutcome(error, `${withoutFullStop(error.message)}${unwritten}`, 'nothing');
}

const withoutFullStop = (message: string): string => message.replace(/\.$/, '');

/**
 * The failure of a command that may be in the log, or get there: an append whose outcome is unknown, a connection that was
 * lost before the answer. What a later try said of itself does not hold for all of them.
 */
export function mayBeWritten(error: CoordinatorError): CoordinatorError {
  if (isOpen(error)) return error;
  const told = withoutFullStop(error.message.replace(unwritten, ''));
  return withOutcome(
    error,
    `${told}; the request may still have taken effect, or do so: look before asking for the same again`,
    'unknown',
  );
}

/** Whether a failure leaves open if the command takes effect. */
export function isOpen(error: unknown): boolean {
  return error instanceof CoordinatorError && error.details['outcome'] === 'unknown';
}

/** Whether a failure says that the owner is there and answers nothing: asking once more is to wait as long once more. */
export function isSilence(error: unknown): boolean {
  return error instanceof CoordinatorError && typeof error.details['silentMs'] === 'number';
}

function withOutcome(
  { code, retryable, details, cause }: CoordinatorError,
  message: string,
  outcome: 'nothing' | 'unknown',
): CoordinatorError {
  return new CoordinatorError(code, message, {
    retryable,
    details: Object.assign({}, details, { outcome }),
    cause,
  });
}
