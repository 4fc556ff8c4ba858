/** What a tool has answered, as the walks know answers. */
import type { Answer, Told, WaitEnd } from './face.ts';
import type { ToolAnswer } from './mcp-connection.ts';

export function toAnswer({ text, isError, facts }: ToolAnswer): Answer {
  const { code: told, revision, ...rest } = facts;
  if (!isError)
    return { code: null, revision: typeof revision === 'number' ? revision : null, told: toldBy(rest) };
  const code = String(told);
  // What was lost comes before all else.
  const [first = ''] = text.split('\n').filter((line) => !line.startsWith('LOST '));
  const isAgreed = first.startsWith(`${code}: `);
  return { code: isAgreed ? code : `${code} in the text ${text}`, revision: null, told: {} };
}

/** Under the names of the protocol. */
function toldBy({ status, held, ...facts }: ToolAnswer['facts']): Told {
  return {
    ...facts,
    ...(held === undefined ? {} : { leases: held }),
    ...(status === 'waiting' ? { kind: 'queued' } : {}),
  };
}

/** How a call ended that waited. */
export function waitEndOf({ text, isError, facts }: ToolAnswer): WaitEnd {
  if (!isError && facts['status'] === 'granted') return { isGranted: true, told: toldBy(facts) };
  if (facts['code'] === 'WAITED_IN_VAIN') return { isGranted: false, told: {} };
  throw new Error(`a wait ended with: ${text}`);
}

/** How a wait ended between two calls. */
export function noticedEnd({ text }: ToolAnswer): WaitEnd {
  const granted = /^GRANTED while you did not wait: (.*)\. It is yours now\.$/m.exec(text)?.[1];
  if (granted !== undefined) {
    const locks = [...granted.matchAll(/"([^"]+)" \(token (\d+)\)/g)];
    return {
      isGranted: true,
      told: { locks: locks.map(([, scope, token]) => ({ scope, token: Number(token) })) },
    };
  }
  if (/^(WAIT ENDED for|AGENT_LOST:)/m.test(text)) return { isGranted: false, told: {} };
  throw new Error(`nothing is told of a wait that ended: ${text}`);
}
