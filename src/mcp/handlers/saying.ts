import { parseAgentIdForm, type Addressee, type MessageKind } from '../../core/index.ts';
import { send, type DeskAgent } from '../../participant/desk/index.ts';
import { onlyOne } from '../../participant/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { refusalAnswer } from '../refusals.ts';
import type { ToolArguments } from '../schemas.ts';
import { wishOf } from '../scopes.ts';
import { quoted } from '../text.ts';
import type { Work } from './handler.ts';

type Input = ToolArguments<'agent_report'>;

/** Sends the message of a report to those whom it names. */
export async function say(work: Work, agent: DeskAgent, input: Input): Promise<ToolAnswer> {
  const { message } = input;
  if (message === undefined) throw invalidInput('message', 'say what is to be sent');
  const to = await addresseeOf(work, input);
  const sent = await send(agent, { to, messageKind: kindOf(input, to), text: message });
  if (sent.kind === 'refused') return refusalAnswer(sent.rejection);
  const { recipients } = sent;
  return told(`SENT to ${recipients.map(quoted).join(', ')}.`, { recipients });
}

async function addresseeOf({ workspace }: Work, { to, holder_of: held }: Input): Promise<Addressee> {
  if (to !== undefined && held !== undefined)
    throw invalidInput('holder_of', 'name an agent in to, or something in holder_of, not both');
  if (held !== undefined)
    return { kind: 'holder', ...onlyOne(await wishOf(workspace, [held], 'mention', 'holder_of')) };
  if (to === undefined || to === 'all') return { kind: 'all' };
  const parsed = parseAgentIdForm(to);
  if (!parsed.ok) throw invalidInput('to', parsed.problem);
  return { kind: 'agent', agent: parsed.value };
}

function kindOf({ kind }: Input, to: Addressee): MessageKind {
  if (kind === undefined) return to.kind === 'holder' ? 'request_release' : 'info';
  if (kind === 'request_release' && to.kind !== 'holder')
    throw invalidInput('kind', 'request_release asks for something: name it in holder_of');
  return kind;
}
