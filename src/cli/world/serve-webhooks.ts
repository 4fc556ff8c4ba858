import type { ServedCoordinator } from '../../daemon/index.ts';
import type { Log } from '../../observe/index.ts';
import { systemTime } from '../../time/index.ts';
import { Dispatch, sendOver, WebhookFolder, type Tried } from '../../webhooks/index.ts';
import { webhooksFolder, webhookSource, webhookUserAgent } from './real-webhooks.ts';
import type { Repository } from './world.ts';

interface Wish {
  readonly repository: Repository;
  readonly version: string;
  readonly coordinator: Pick<ServedCoordinator, 'query' | 'watch'>;
  readonly log: Log;
  readonly onTried: (tried: Tried) => void;
}

/** Calls the webhooks of a repository while it is served; the function it returns ends that. */
export function startWebhooks({ repository, version, coordinator, log, onTried }: Wish): () => Promise<void> {
  const dispatch = new Dispatch({
    folder: new WebhookFolder(webhooksFolder(process.env, repository)),
    log: {
      source: webhookSource(repository),
      watch: (from, signal) => coordinator.watch(from, signal),
      firstRevision: async () => (await coordinator.query({ kind: 'health' })).firstRevision,
    },
    send: sendOver(fetch, systemTime, webhookUserAgent(version)),
    time: systemTime,
    report: (trouble, facts) => log.note(trouble, facts),
    onTried,
  });
  return dispatch.start();
}
