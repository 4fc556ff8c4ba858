import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLoopback } from '../../access/index.ts';
import { logLevelOf, logLevelVariable, logLevelWishes, type LogLevelWish } from '../../observe/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { remoteWorkspace } from '../mcp/remote-workspace.ts';
import type { ServedRepository, ServeWish } from '../world/world.ts';
import { numberOption } from './number-option.ts';
import { servePlaces, type ServePlace } from './serve-places.ts';

export interface ServeInput {
  readonly repositories: readonly string[];
  readonly host: string;
  readonly port: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: boolean;
  readonly allowHost?: readonly string[];
  readonly prefix?: string;
  readonly rate: string;
  readonly logLevel?: LogLevelWish;
}

/** Is the coordinator in the foreground, for agents on any host, until it is interrupted. */
export async function serve(call: Call, input: ServeInput): Promise<Outcome> {
  const wish = { ...wishOf(call.cwd, input), logLevel: input.logLevel ?? levelOfVariable(call) };
  const places = await servePlaces(call, input.repositories);
  const tokens = await Promise.all(places.map(usableTokens));
  await call.world.owner.serve(places.map(servedAt), wish, ({ urls, pid }) => {
    const served = places.map((place, index) => ({
      ...place,
      url: urls[index] ?? '',
      tokens: tokens[index] ?? 0,
    }));
    const [only] = served;
    if (only?.name === null) tellOfOne(call, only, pid);
    else tellOfAll(call, served, pid);
  });
  return ended(exitCodes.done);
}

async function usableTokens({ repository, call }: ServePlace): Promise<number> {
  const { records } = await call.world.tokens.list(repository);
  return records.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > call.nowMs).length;
}

const servedAt = ({ name, repository, call }: ServePlace): ServedRepository => ({
  repository,
  path: name === null ? '' : `/${name}`,
  workspaceOf: (coordinator, token) => remoteWorkspace(call, repository, coordinator, token),
});

interface Told extends ServePlace {
  readonly url: string;
  /** So many let somebody in. */
  readonly tokens: number;
}

function tellOfOne(call: Call, { url, tokens }: Told, pid: number): void {
  if (call.json) return call.printJson({ ok: true, revision: null, url, pid, tokens });
  call.print(line`serving at ${url} (process ${pid}); Ctrl-C ends it, and what is held stays held`);
  noteTokens(call, tokens, '');
}

function tellOfAll(call: Call, served: readonly Told[], pid: number): void {
  if (call.json) {
    const repositories = served.map(({ name, repository, url, tokens }) => ({
      name,
      commonDir: repository.commonDir,
      url,
      tokens,
    }));
    return call.printJson({ ok: true, revision: null, pid, repositories });
  }
  const number = count(served.length, 'repository', 'repositories');
  call.print(line`serving ${number} (process ${pid}); Ctrl-C ends it, and what is held stays held`);
  for (const { url, call: there } of served) call.print(line`${url}  ${there.cwd}`);
  for (const { name, tokens, call: there } of served) noteTokens(there, tokens, `${name}: `);
}

function noteTokens(call: Call, tokens: number, before: string): void {
  if (tokens > 0)
    call.note(
      `${before}${count(tokens, 'token')} ${tokens === 1 ? 'lets' : 'let'} somebody in: ${call.rhema('token', 'list')}`,
    );
  else
    call.note(`${before}nobody has a token yet: ${call.rhema('token', 'create', 'NAME', '--role', 'agent')}`);
}

function wishOf(cwd: string, input: ServeInput): Omit<ServeWish, 'logLevel'> {
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
    allowHosts: allowHost.map(hostOf),
    prefix: prefixOf(prefix),
    requestsPerSecond: numberOption('--rate', input.rate, 1, 1_000_000),
  };
}

/** A name that a Host header may have, or an address; without scheme, port and path. */
function hostOf(text: string): string {
  const isName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;
  if (isName.test(text) || isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0) return text;
  throw invalidInput(
    `--allow-host ${JSON.stringify(text)}: the name of a host such as build.example.org expected, without scheme, port and path`,
  );
}

/** Null: it says nothing. In the foreground a wrong one is refused: who set it is there to mend it. */
function levelOfVariable(call: Call): LogLevelWish | null {
  const text = call.ports.env[logLevelVariable] ?? '';
  const level = logLevelOf(text);
  if (text === '' || level !== null) return level;
  throw invalidInput(
    `${logLevelVariable} is ${JSON.stringify(text)}: one of ${logLevelWishes.join(', ')} expected`,
  );
}

/** Without a slash at its end. What a client would take for another path, `/..`, is none. */
function prefixOf(text: string): string {
  const prefix = text.replace(/\/+$/, '');
  if (prefix === '' || /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/.test(prefix)) return prefix;
  throw invalidInput(`--prefix ${JSON.stringify(text)}: a path such as /rhema expected`);
}
