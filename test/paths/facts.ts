/** What must agree beside the canonical form, which leaves out every number that only grows. */
import type { Shown, Told } from './face.ts';

type Finding = string | null;

/** In what an answer contradicts the state that is shown after it; null when it does not. */
export function contradiction(told: Told, { status, scopes }: Shown): Finding {
  const { agent, epoch, scope, run, digest, file, ticket, kind } = told;
  const isToldOf = (view: { readonly scope: unknown }): boolean => view.scope === scope;
  for (const grant of grantsIn(told))
    if (!status.locks.some((lock) => isSameGrant(lock, grant)))
      return `no such lock: ${JSON.stringify(grant)}`;
  if (epoch !== undefined && !status.agents.some((view) => view.agent === agent && view.epoch === epoch))
    return `the epoch of ${JSON.stringify(agent)} is not ${JSON.stringify(epoch)}`;
  if (run !== undefined && !status.syncs.some((view) => isToldOf(view) && view.run === run))
    return `run ${JSON.stringify(run)} of ${JSON.stringify(scope)} is not the present one`;
  if (kind === 'queued' && !status.waiters.some((view) => view.ticket === ticket))
    return `ticket ${JSON.stringify(ticket)} is not in the queue`;
  const written = scopes.scopes.find(({ path }) => path === scope)?.contexts[
    typeof file === 'string' ? file : ''
  ];
  if (file !== undefined && written?.digest !== digest)
    return `${JSON.stringify(file)} does not have the digest written`;
  return null;
}

function grantsIn({ locks, leases }: Told): readonly Told[] {
  return [locks, leases].flatMap((list) => (Array.isArray(list) ? (list as Told[]) : []));
}

/** Not every interface says when a lease ends. */
function isSameGrant(lock: Shown['status']['locks'][number], grant: Told): boolean {
  const { scope, token, deadlineMs = lock.deadlineMs } = grant;
  return lock.scope === scope && lock.token === token && lock.deadlineMs === deadlineMs;
}

/** What two states, one a step after the other, show that must never be; null when there is nothing. */
export function irregularity(before: Shown, { status }: Shown): Finding {
  const { revision, locks } = before.status;
  const old = new Set(locks.map(({ token }) => token));
  const small = status.locks.find(({ token }) => !old.has(token) && token <= revision);
  if (small !== undefined) return `${small.scope} is granted with the token ${small.token}, not a larger one`;
  if (status.revision < revision) return `the revision falls to ${status.revision}`;
  const isInOrder = status.waiters.every(
    ({ ticket, position }, index) =>
      position === index + 1 && ticket > (status.waiters[index - 1]?.ticket ?? 0),
  );
  if (!isInOrder) return 'the queue is not in order of issue';
  const [violation] = status.violations;
  return violation === undefined ? null : `${violation.invariant} does not hold: ${violation.evidence}`;
}
