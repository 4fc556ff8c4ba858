import {
  CoordinatorError,
  isRefusal,
  type FailureProblem,
  type Problem,
  type RefusalProblem,
} from '../../protocol/index.ts';
import type { IsAnswer } from './known-answers.ts';
import { sentElsewhere } from './sent-elsewhere.ts';

/** What a server has answered, read as far as it can be. */
export type HttpAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly problem: RefusalProblem };

/** Throws the failure that a server tells of, and `UNAVAILABLE` where what answers is no Rhema server. */
export async function readAnswer(
  response: Response,
  server: string,
  isAnswer: IsAnswer,
): Promise<HttpAnswer> {
  const { status } = response;
  if (status >= 300 && status < 400) throw sentElsewhere(server, response);
  const body = status === 204 ? null : await bodyOf(response, server);
  if (response.ok) {
    if (!isAnswer(body)) throw noRhemaServer(server, status);
    return { kind: 'ok', body };
  }
  if (!isProblem(body)) throw noRhemaServer(server, status);
  if (isRefusal(body)) return { kind: 'refused', problem: body };
  throw failureOf(body as FailureProblem);
}

/** The failure that a problem document tells of. */
export function failureOf({ code, detail, retryable, details }: FailureProblem): CoordinatorError {
  return CoordinatorError.fromJSON({ code, message: detail, retryable, details });
}

async function bodyOf(response: Response, server: string): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch (cause) {
    throw noRhemaServer(server, response.status, cause);
  }
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { type, code, detail, details } = body as Partial<Record<keyof Problem, unknown>>;
  return (
    typeof type === 'string' &&
    type.startsWith('urn:rhema:') &&
    typeof code === 'string' &&
    typeof detail === 'string' &&
    typeof details === 'object'
  );
}

/** A proxy in front may say so of a server that is just being started again. */
export function noRhemaServer(server: string, status: number, cause?: unknown): CoordinatorError {
  return new CoordinatorError(
    'UNAVAILABLE',
    `what answers at ${server} (HTTP ${status}) is not a Rhema server: give the address that rhema serve printed, with all of its path`,
    {
      retryable: status === 502 || status === 503 || status === 504,
      cause,
      details: { status, sent: status === 502 || status === 504 },
    },
  );
}
