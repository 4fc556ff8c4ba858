/**
 * What was said and what was read: each message that was accepted is told to each whom it was for and who goes on, once, in
 * order, or counted as given way; and what is told was said.
 */
import type { Entry, EventOf, Message, Result, Revision } from '../src/core/index.ts';
import { demand, groupBy } from './verdict.ts';
import type { Acknowledged, Witness } from './witness.ts';

type ReadAnswer = Extract<Result, { kind: 'messagesRead' }>;
type Said = Pick<Message, 'revision' | 'from' | 'by' | 'text'>;

/** An answer that its reader got. */
interface Telling {
  readonly requestId: string;
  readonly revision: Revision;
  readonly answer: ReadAnswer;
}

/** Answers how many were told. */
export function judgeMessages(entries: readonly Entry[], witness: Witness): number {
  const tellings = tellingsOf(witness);
  const byRequest = new Map(tellings.map((telling) => [telling.requestId, telling]));
  const forgotten = new Set(witness.acknowledged.filter(isForgotten).map(({ request }) => request.requestId));
  const inboxes = new Inboxes();
  for (const entry of entries) {
    for (const event of entry.events) {
      if (event.kind === 'message.sent') inboxes.add(event, entry);
      if (event.kind === 'agent.joined') inboxes.open(event.agent);
      if (event.kind === 'agent.left' || event.kind === 'agent.lost') inboxes.empty(event);
      if (event.kind !== 'message.read') continue;
      const telling = byRequest.get(entry.requestId ?? '');
      const wasTold = telling !== undefined || forgotten.has(entry.requestId ?? '');
      demand(wasTold, `what ${event.agent} had been sent was taken at ${entry.revision}, and told to nobody`);
      inboxes.tell(event.agent, telling?.answer ?? null);
    }
  }
  demandOnce(witness, tellings);
  return tellings.reduce((sum, { answer }) => sum + answer.messages.length, 0);
}

const isForgotten = ({ reply }: Acknowledged): boolean =>
  !reply.ok && reply.rejection.code === 'REQUEST_FORGOTTEN';

function tellingsOf({ acknowledged }: Witness): Telling[] {
  const tellings = new Map<string, Telling>();
  for (const { request, reply } of acknowledged)
    if (reply.ok && reply.result.kind === 'messagesRead')
      tellings.set(request.requestId, {
        requestId: request.requestId,
        revision: reply.revision,
        answer: reply.result,
      });
  return [...tellings.values()];
}

/** What everybody was sent since it was read last, nothing of which has to give way here. */
class Inboxes {
  readonly #sent = new Map<string, Said[]>();

  /** Whoever comes begins with nothing. */
  open(agent: string): void {
    this.#sent.set(agent, []);
  }

  add({ agent, by, way, recipients, text }: EventOf<'message.sent'>, { revision }: Entry): void {
    const others = [...this.#sent.keys()].filter((id) => id !== agent).toSorted();
    if (way.kind === 'all')
      demand(
        recipients.join() === others.join(),
        `revision ${revision}: present is ${others.join()}, but told was ${recipients.join()}`,
      );
    for (const to of recipients) this.#of(to).push({ revision, from: agent ?? null, by: by ?? null, text });
  }

  /** Whoever goes away loses what it has not read, and that is counted. */
  empty(event: EventOf<'agent.left' | 'agent.lost'>): void {
    const { length } = this.#of(event.agent);
    const counted = event.unread ?? 0;
    demand(
      length === counted,
      `${event.agent} had ${length} unread messages, of which ${counted} were counted`,
    );
    this.#sent.delete(event.agent);
  }

  /** `answer` null: it was forgotten before its reader had it. */
  tell(agent: string, answer: ReadAnswer | null): void {
    const sent = this.#of(agent);
    this.open(agent);
    if (answer === null) return;
    const { messages, gaveWay } = answer;
    for (const message of messages)
      demand(
        sent.some((said) => isSame(said, message)),
        `${agent} was told ${shown(message)}, which it has been told before or was never sent`,
      );
    const lost = sent.length - messages.length - gaveWay;
    demand(
      lost === 0,
      `of ${sent.length} messages to ${agent} ${lost} are lost: told ${messages.map(shown).join()}`,
    );
    const inOrder = messages.every((message, place) => isSame(sent[gaveWay + place], message));
    demand(inOrder, `${agent} was not told in order, or older ones: ${messages.map(shown).join()}`);
  }

  #of(agent: string): Said[] {
    const sent = this.#sent.get(agent);
    demand(sent !== undefined, `${agent} is sent something, or reads, but is not there`);
    return sent;
  }
}

const isSame = (said: Said | undefined, message: Said): boolean =>
  said?.revision === message.revision &&
  said.text === message.text &&
  said.from === message.from &&
  said.by === message.by;

const shown = ({ revision, text }: Said): string => `"${text}" of revision ${revision}`;

/** By what readers were told alone: no text comes to anybody twice, and later ones come later. */
function demandOnce({ acknowledged }: Witness, tellings: readonly Telling[]): void {
  const reader = new Map(acknowledged.map(({ request }) => [request.requestId, request.command]));
  const byAgent = groupBy(tellings, ({ requestId }) => {
    const command = reader.get(requestId);
    return command !== undefined && 'agent' in command ? command.agent : null;
  });
  for (const [agent, told] of byAgent) {
    let last = 0;
    for (const { answer } of told.toSorted((a, b) => a.revision - b.revision))
      for (const message of answer.messages) {
        demand(message.revision > last, `${agent} was told ${shown(message)} after revision ${last}`);
        last = message.revision;
      }
  }
}
