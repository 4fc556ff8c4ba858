/** Results of recent commands by request id, so that a repeat gets the first answer. */
import type { RequestId } from './ids.ts';
import { recentRequestsMax } from './limits.ts';
import type { RecentRequest, State } from './state.ts';

/** Keeps a result; the oldest is forgotten when there are too many. */
export function rememberRequest(state: State, id: RequestId, request: RecentRequest): void {
  const { index, recentRequests } = state;
  const oldest = index.requestOrder[index.requestPlace];
  if (oldest !== undefined) recentRequests.delete(oldest);
  index.requestOrder[index.requestPlace] = id;
  index.requestPlace = (index.requestPlace + 1) % recentRequestsMax;
  recentRequests.set(id, request);
}

/** Recent requests in order of commit. */
export function requestsInOrder({ index, recentRequests }: State): (readonly [RequestId, RecentRequest])[] {
  const { requestOrder, requestPlace } = index;
  const isFull = requestOrder.length === recentRequestsMax;
  const ids = isFull
    ? [...requestOrder.slice(requestPlace), ...requestOrder.slice(0, requestPlace)]
    : requestOrder;
  return ids.flatMap((id) => {
    const request = recentRequests.get(id);
    return request === undefined ? [] : [[id, request] as const];
  });
}
