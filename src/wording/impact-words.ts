import { count } from '../core/index.ts';
import type { AgentId } from '../core/index.ts';
import type { ImpactAnswer } from '../protocol/index.ts';

/** How names are shown: some readers need them quoted. */
export type Shown = (name: string) => string;

const shownMax = 5;

/** Who depends on what somebody is about to change, and who works there; null: nobody does. One sentence, without an end. */
export function impactText(
  { scopes }: Pick<ImpactAnswer, 'scopes'>,
  self: AgentId,
  shown: Shown = (name) => name,
): string | null {
  const reached = scopes.filter(({ via }) => via !== null);
  if (reached.length === 0) return null;
  const names = someOf(
    reached.map(({ scope }) => scope),
    shown,
  );
  const works = reached.flatMap(({ scope, holders }) =>
    holders.filter((agent) => agent !== self).map((agent) => `${shown(agent)} works in ${shown(scope)}`),
  );
  const depend = reached.length === 1 ? 'depends' : 'depend';
  const told = `${count(reached.length, 'scope')} ${depend} on what you change: ${names}`;
  return works.length === 0 ? told : `${told}; ${someOf(works, (text) => text)}`;
}

function someOf(texts: readonly string[], shown: Shown): string {
  const more = texts.length - shownMax;
  return `${texts.slice(0, shownMax).map(shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
