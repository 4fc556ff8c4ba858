import { shownName, type Message } from '../core/index.ts';
import type { Quoting } from './event-words.ts';

/** `alice asks you to give back src/api`: who wants what of whoever reads it; the text comes after. */
export function messageLead({ from, by, messageKind, way }: Message, as: Quoting): string {
  const who = from === null ? `operator ${as.name(by ?? '')}` : as.agent(from);
  const whom = way.kind === 'all' ? 'all' : 'you';
  const held = way.kind === 'holder' ? as.name(shownName(way)) : null;
  const holding = held === null ? '' : `, who hold ${held}`;
  switch (messageKind) {
    case 'request_release':
      return `${who} asks ${whom} to give back ${held ?? 'what you hold'}`;
    case 'stop':
      return `${who} tells ${whom}${holding === '' ? '' : `${holding},`} to stop`;
    case 'question':
      return `${who} asks ${whom}${holding}`;
    case 'answer':
      return `${who} answers ${whom}${holding}`;
    case 'info':
      return `${who} tells ${whom}${holding}`;
  }
}
