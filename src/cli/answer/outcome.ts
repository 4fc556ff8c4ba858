import type { Rejection, Revision } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { AnswerCode } from './answer-codes.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Style } from '../format/style.ts';

/** What a command hands back; printing it, for people or as JSON, is the business of `output.ts` alone. */
export type Outcome = Done | Refused | Ended;

export interface Done {
  readonly kind: 'done';
  /** The revision the answer belongs to; null when no coordinator was asked. */
  readonly revision: Revision | null;
  /** The fields of the envelope beside `ok` and `revision`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The same for people; only called when they are the readers. */
  readonly text: (style: Style) => string | Promise<string>;
}

export interface Refused {
  readonly kind: 'refused';
  readonly exitCode: ExitCode;
  readonly revision: Revision | null;
  readonly code: AnswerCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** For people, instead of the message: what, who, since when, and the next command to run. */
  readonly lines?: readonly string[];
}

/** The command has printed what there was to say. */
export interface Ended {
  readonly kind: 'ended';
  readonly exitCode: ExitCode;
}

export function done(
  revision: Revision | null,
  data: Readonly<Record<string, unknown>>,
  text: Done['text'],
): Done {
  return { kind: 'done', revision, data, text };
}

export const ended = (exitCode: ExitCode): Ended => ({ kind: 'ended', exitCode });

/** A refusal by the coordination rules; `lines` teach people what to do about it. */
export function refusedBy(
  reply: { readonly revision: Revision; readonly rejection: Rejection },
  lines: readonly string[],
): Refused {
  const { code, message, details } = reply.rejection;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: reply.revision,
    code,
    message,
    details,
    lines,
  };
}

export type Rejected = Extract<Reply, { ok: false }>;
