import { named, unreachable, type ScopePath } from '../../core/index.ts';
import { leadFrom, type KnownScope, type Lead, type NamedPath } from '../../wording/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { ScopeLead } from '../format/refusal.ts';
import { line } from '../format/text.ts';

/** More would not help to choose. */
const namedMax = 5;

/** The scopes there are, and why there may be others: as an answer has them. */
export interface KnownScopes {
  readonly scopes: readonly KnownScope[];
  readonly problems: readonly ScopeProblem[];
}

/** As {@link scopeLead}, once the caller's working tree was looked at; where a file is broken, and so there are none, to that. */
export async function leadTo(
  call: Call,
  { scopes, problems }: KnownScopes,
  path: ScopePath,
): Promise<ScopeLead | null> {
  const why = scopes.length === 0 ? whyNone(problems) : null;
  if (why !== null) return { told: why, meant: null, remedy: ['config', 'check'] };
  const lies = await call.world.inspection.liesAt(await call.repository(), path);
  return scopeLead(scopes, { path, isThere: lies !== 'nothing' });
}

/** Why no scopes are known where there may be some; null: nothing is broken. */
export function whyNone(problems: readonly ScopeProblem[]): string | null {
  const [first] = problems.filter(({ severity }) => severity === 'error');
  if (first === undefined) return null;
  const { file, line: at, column, message } = first;
  const place = [file, at, column].filter((part) => part !== null).join(':');
  return line`no scopes are known as long as ${place === '' ? 'this' : place} is not corrected: ${message}`;
}

/** Where somebody most likely wanted to go who named no scope. Null: nobody can say. */
export async function scopeLead(scopes: readonly KnownScope[], meant: NamedPath): Promise<ScopeLead | null> {
  const lead = await leadFrom(scopes, meant, async (path, candidates) =>
    (await import('../../config/index.ts')).nearestPath(path, candidates),
  );
  return lead === null ? null : inWords(lead, meant.path);
}

function inWords(lead: Lead, path: string): ScopeLead {
  switch (lead.kind) {
    case 'noScopes':
      return {
        told: 'there are no scopes here yet: rhema init derives them',
        meant: null,
        remedy: ['init'],
      };
    case 'within':
      return withinLead(lead.scopes, lead.around);
    case 'inside':
      return insideLead(lead.around);
    case 'called':
      return calledLead(path, lead.scopes);
    case 'spelt':
      return { told: speltText(lead), meant: lead.scope };
    case 'nowhere':
      return { told: 'no file or folder is there, and no scope is called so', meant: null };
    default:
      return unreachable(lead);
  }
}

function insideLead(around: ScopePath | null): ScopeLead {
  if (around === null) return { told: 'what lies there is in no scope', meant: null };
  const told = around === '.' ? 'what lies there is in the top scope, .' : `it is in the scope ${around}`;
  return { told, meant: around };
}

function calledLead(name: string, called: readonly ScopePath[]): ScopeLead {
  const list = `${called.slice(0, namedMax).join(', ')}${called.length > namedMax ? ' and others' : ''}`;
  return {
    told: `${named(name)} is the name of ${called.length === 1 ? 'the scope' : 'the scopes'} ${list}`,
    meant: onlyOne(called),
  };
}

function withinLead(within: readonly ScopePath[], around: ScopePath | null): ScopeLead {
  const rest =
    around === null ? '' : `; what else lies there is in ${around === '.' ? 'the top scope, .' : around}`;
  return { told: `${withinText(within)}${rest}`, meant: onlyOne(within) };
}

function withinText(within: readonly ScopePath[]): string {
  const named = within.slice(0, namedMax).join(', ');
  const more = within.length > namedMax ? ` and ${within.length - namedMax} more` : '';
  return within.length === 1 ? `the scope in it is ${named}` : `the scopes in it are ${named}${more}`;
}

const speltText = ({ scope, name }: Extract<Lead, { kind: 'spelt' }>): string =>
  name === null
    ? `did you mean ${scope}?`
    : `did you mean ${named(name)}, which is the name of the scope ${scope}?`;

const onlyOne = ([only, ...others]: readonly ScopePath[]): ScopePath | null =>
  others.length === 0 ? (only ?? null) : null;
