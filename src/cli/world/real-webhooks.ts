import { dirname, join } from 'node:path';
import { withAccess } from '../../client/index.ts';
import { systemTime } from '../../time/index.ts';
import type * as Room from '../../webhooks/index.ts';
import type { Environment } from './environment.ts';
import { identityOf, makeOwnState, nameFor, ownState, removeIfEmpty } from './own-state.ts';
import type { Repository, Webhooks } from './world.ts';

/** Sets this repository apart from all others, also from one that stands in its place later. */
export const webhookSource = ({ commonDir }: Pick<Repository, 'commonDir'>): string =>
  nameFor(`${commonDir} ${identityOf(commonDir)}`);

/** Kept with what is the user's own: whoever is cloned or unpacked must not make us call anybody. */
export const webhooksFolder = (env: Environment, repository: Pick<Repository, 'commonDir'>): string =>
  join(ownState(env), 'webhooks', webhookSource(repository));

export const webhookUserAgent = (version: string): string => `rhema/${version}`;

/** Not loaded for every command. */
const room = (): Promise<typeof Room> => import('../../webhooks/index.ts');

export function realWebhooks(env: Environment, version: () => string): Webhooks {
  const at = async <T>(
    repository: Repository,
    use: (folder: Room.WebhookFolder, path: string) => T,
  ): Promise<T> => {
    const { WebhookFolder } = await room();
    const path = webhooksFolder(env, repository);
    return withAccess(path, () => use(new WebhookFolder(path), path));
  };
  return {
    create: async (repository, wish) =>
      at(repository, (folder, path) => {
        makeOwnState(dirname(path));
        return folder.create(wish);
      }),
    list: async (repository) => at(repository, (folder) => folder.list()),
    replace: async (repository, record) => at(repository, (folder) => folder.replace(record)),
    remove: async (repository, id) => at(repository, (folder) => folder.remove(id)),
    removeAll: async (repository) =>
      at(repository, (folder, path) => {
        folder.clear();
        for (const empty of [path, dirname(path)]) removeIfEmpty(empty);
      }),
    test: async (record) => {
      const { secretsAt, sendOver, testMessage } = await room();
      const nowMs = systemTime.wallMs();
      const send = sendOver(fetch, systemTime, webhookUserAgent(version()));
      const receiver = { url: record.url, secrets: secretsAt(record, nowMs) };
      return send(receiver, testMessage(record.name, nowMs), new AbortController().signal);
    },
  };
}
