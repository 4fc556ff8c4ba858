import { messageKinds, messageLengthMax, parseAgentIdForm } from '../../core/index.ts';
import type { Addressee, MessageKind, ResultOf, Revision } from '../../core/index.ts';
import { proofOf } from '../../participant/index.ts';
import type { CallerCommand } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError, valueOf } from '../answer/errors.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { messagesText } from '../format/messages.ts';
import { line } from '../format/text.ts';
import { actAs } from './acting.ts';
import type { Acting } from './acting.ts';
import { oneNameOf } from './named.ts';
import { submitAnd } from './speak.ts';

export interface SayInput extends Acting {
  readonly text: string;
  readonly to?: string;
  readonly holderOf?: string;
  readonly all?: boolean;
  readonly kind?: string;
  readonly operator?: boolean;
}

/** Says something to an agent, to whoever holds something, or to all: as an agent where one is named, else as an operator. */
export async function say(call: Call, input: SayInput): Promise<Outcome> {
  const to = await addresseeOf(call, input);
  const messageKind = kindOf(input.kind, to);
  const text = textOf(input.text);
  const command = { ...(await speakerOf(call, input)), to, messageKind, text } as CallerCommand;
  return submitAnd(call, command, 'messageSent', ({ recipients }, revision) =>
    done(revision, { recipients, kind: messageKind }, () => line`sent to ${recipients.join(', ')}`),
  );
}

async function speakerOf(call: Call, input: SayInput): Promise<object> {
  const { agent, operator = false, takeOver } = input;
  if (operator && agent !== undefined) throw usageError(`--agent ${agent} or --operator: only one can speak`);
  if (operator || (agent === undefined && !call.hasAgentName)) {
    if (takeOver === true) throw usageError('--take-over is of an agent: name it with --agent');
    return { kind: 'SendAsOperator', by: call.world.operator() };
  }
  const acting = {
    ...(agent === undefined ? {} : { agent }),
    ...(takeOver === undefined ? {} : { takeOver }),
  };
  return { kind: 'SendMessage', ...proofOf(await actAs(call, acting)) };
}

async function addresseeOf(call: Call, { to, holderOf, all = false }: SayInput): Promise<Addressee> {
  const given = [to, holderOf, all ? 'all' : undefined].filter((value) => value !== undefined);
  if (given.length !== 1)
    throw usageError(
      'say who is meant: --to AGENT, --holder-of FILE, SCOPE or @RESOURCE, or --all; one of them',
    );
  if (to !== undefined) return { kind: 'agent', agent: valueOf(parseAgentIdForm(to)) };
  return holderOf === undefined ? { kind: 'all' } : { kind: 'holder', ...(await oneNameOf(call, holderOf)) };
}

/** Who asks the holder of something wants it back, unless it says otherwise. */
function kindOf(text: string | undefined, to: Addressee): MessageKind {
  if (text === undefined) return to.kind === 'holder' ? 'request_release' : 'info';
  const kind = messageKinds.find((known) => known === text);
  if (kind === undefined)
    throw invalidInput(`--kind ${JSON.stringify(text)}: use one of ${messageKinds.join(', ')}`);
  if (kind === 'request_release' && to.kind !== 'holder')
    throw invalidInput('--kind request_release asks for something: name it with --holder-of');
  return kind;
}

function textOf(text: string): string {
  if (text.trim() === '') throw invalidInput('a message says something: this one is empty');
  if (text.length <= messageLengthMax) return text;
  throw invalidInput(
    `a message has at most ${messageLengthMax} characters, this one ${text.length}: put the rest into a file and name that`,
  );
}

export type InboxInput = Acting;

/** Takes the messages that the agent has not read: each is shown once. */
export async function inbox(call: Call, input: InboxInput): Promise<Outcome> {
  const session = await actAs(call, input);
  const told = (result: ResultOf<'messagesRead'>, revision: Revision): Outcome => {
    const { messages, gaveWay } = result;
    const data = { agent: session.agent, messages, gaveWay };
    return done(revision, data, (style) => messagesText(style, session.agent, result, call.nowMs));
  };
  return submitAnd(call, { kind: 'ReadMessages', ...proofOf(session) }, 'messagesRead', told);
}
