import { resolve } from 'node:path';
import { isLoopback } from '../../access/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { remoteWorkspace } from '../mcp/remote-workspace.ts';
import type { Served, ServeWish } from '../world/world.ts';
import { numberOption } from './number-option.ts';
import { repositoryHere } from './token.ts';

export interface ServeInput {
  readonly host: string;
  readonly port: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: boolean;
  readonly allowHost?: readonly string[];
  readonly prefix?: string;
  readonly rate: string;
}

/** Is the coordinator in the foreground, for agents on any host, until it is interrupted. */
export async function serve(call: Call, input: ServeInput): Promise<Outcome> {
  const wish = wishOf(call.cwd, input);
  const repository = await repositoryHere(call);
  const { records } = await call.world.tokens.list(repository);
  const usable = records.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > call.nowMs).length;
  const told = (served: Served): void => tell(call, served, usable);
  await call.world.owner.serve(repository, wish, told, (coordinator, token) =>
    remoteWorkspace(call, repository, coordinator, token),
  );
  return ended(exitCodes.done);
}

function tell(call: Call, { url, pid }: Served, tokens: number): void {
  if (call.json) return call.printJson({ ok: true, revision: null, url, pid, tokens });
  call.print(line`serving at ${url} (process ${pid}); Ctrl-C ends it, and what is held stays held`);
  if (tokens > 0)
    call.note(
      `${count(tokens, 'token')} ${tokens === 1 ? 'lets' : 'let'} somebody in: ${call.rhema('token', 'list')}`,
    );
  else call.note(`nobody has a token yet: ${call.rhema('token', 'create', 'NAME', '--role', 'agent')}`);
}

function wishOf(cwd: string, input: ServeInput): ServeWish {
  const { host, tlsCert, tlsKey, behindProxy = false, allowHost = [], prefix = '' } = input;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError('--tls-cert and --tls-key go together');
  const tls =
    tlsCert === undefined || tlsKey === undefined
      ? null
      : { certFile: resolve(cwd, tlsCert), keyFile: resolve(cwd, tlsKey) };
  if (!isLoopback(host) && tls === null && !behindProxy)
    throw invalidInput(
      `--host ${host}: others could read tokens on their way: give --tls-cert and --tls-key, or --behind-proxy where a proxy in front encrypts`,
    );
  return {
    host,
    port: numberOption('--port', input.port, 0, 65_535),
    tls,
    behindProxy,
    allowHosts: allowHost,
    prefix: prefixOf(prefix),
    requestsPerSecond: numberOption('--rate', input.rate, 1, 1_000_000),
  };
}

/** Without a slash at its end. What a client would take for another path, `/..`, is none. */
function prefixOf(text: string): string {
  const prefix = text.replace(/\/+$/, '');
  if (prefix === '' || /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/.test(prefix)) return prefix;
  throw invalidInput(`--prefix ${JSON.stringify(text)}: a path such as /rhema expected`);
}
