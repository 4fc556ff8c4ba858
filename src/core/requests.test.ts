import { expect, test } from 'vitest';
import { asRequestId, asRevision } from './ids.ts';
import { recentRequestsMax } from './limits.ts';
import { RecentRequests } from './requests.ts';

function afterRequests(count: number): RecentRequests {
  const requests = new RecentRequests();
  for (let number = 1; number <= count; number += 1)
    requests.remember(asRequestId(`r${number}`), {
      kind: 'Heartbeat',
      agent: null,
      revision: asRevision(number),
      result: { kind: 'done' },
    });
  return requests;
}

test('a request is found again under its id', () => {
  const requests = afterRequests(3);
  expect(requests.get(asRequestId('r2'))?.revision).toBe(2);
  expect(requests.get(asRequestId('r4'))).toBeUndefined();
});

test('they are counted, the older and the younger', () => {
  expect(afterRequests(3).size).toBe(3);
  expect(afterRequests(recentRequestsMax).size).toBe(recentRequestsMax);
  expect(afterRequests(recentRequestsMax + 1).size).toBe(recentRequestsMax / 2 + 1);
});

test('the last half of the bound is always kept, and never more than the bound', () => {
  for (const count of [recentRequestsMax, recentRequestsMax + 1, 2 * recentRequestsMax + 17]) {
    const requests = afterRequests(count);
    expect(requests.size).toBeLessThanOrEqual(recentRequestsMax);
    expect(requests.get(asRequestId(`r${count - recentRequestsMax / 2 + 1}`))).toBeDefined();
    expect(requests.get(asRequestId(`r${count - recentRequestsMax}`))).toBeUndefined();
  }
});

test('they are listed in order of commit, and a list read again forgets at the same moment', () => {
  const requests = afterRequests(recentRequestsMax + 1);
  const revisions = [...requests].map(([, { revision }]) => revision as number);
  expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  const again = new RecentRequests();
  for (const [id, request] of requests) again.remember(id, request);
  for (const each of [requests, again])
    for (let number = 0; number < recentRequestsMax / 2; number += 1)
      each.remember(asRequestId(`later${number}`), {
        kind: 'Heartbeat',
        agent: null,
        revision: asRevision(99_999),
        result: { kind: 'done' },
      });
  expect([...again]).toEqual([...requests]);
});
