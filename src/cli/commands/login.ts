import { CoordinatorError, type Role } from '../../protocol/index.ts';
import { isLoopback } from '../../access/index.ts';
import type { Call } from '../call.ts';
import { CommandError, invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { line, shellWord } from '../format/text.ts';
import { serverAddress } from '../server-address.ts';
import { tokenIn } from '../token-text.ts';
import { isInteractive } from './scope-plan.ts';

export interface LoginInput {
  readonly url: string;
  readonly tokenFile?: string;
}

/** Keeps a token for a server, once that has let somebody in by it. */
export async function login(call: Call, { url, tokenFile }: LoginInput): Promise<Outcome> {
  const server = serverAddress(url);
  const { protocol, hostname } = new URL(server);
  if (protocol === 'http:' && !isLoopback(hostname))
    call.note(line`${server} is not encrypted: whoever is on the way there can read the token`);
  const token = tokenIn(await askedToken(call, server, tokenFile));
  if (token === null)
    throw invalidInput('that is no token: one line expected, as rhema token create printed it');
  const { name, role, agents } = await call.world.servers.whoAmI(server, token).catch((error: unknown) => {
    throw isNowhere(error) ? nowhere(server) : error;
  });
  const file = await call.world.servers.keep(server, token);
  return done(null, { server, name, role, agents, file }, () =>
    [
      line`${server} lets you in as ${name}: ${roleText(role, agents)}`,
      '',
      'Work with it by:',
      `  export RHEMA_SERVER=${shellWord(server)}`,
    ].join('\n'),
  );
}

/** The question has nothing else that could be wrong. */
const isNowhere = (error: unknown): boolean =>
  error instanceof CoordinatorError && error.code === 'INVALID_INPUT';

const nowhere = (server: string): CommandError =>
  invalidInput(
    `no repository is served at ${server}: give the address that rhema serve printed, with all of its path`,
  );

async function askedToken(call: Call, server: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return call.world.readInput(call.cwd, file);
  if (!call.ports.stdin.isTTY) return call.world.readInput(call.cwd, null);
  if (!isInteractive(call))
    throw noToken('nobody can be asked for the token: give --token-file, or the token on standard input');
  const token = await call.ports.questions.secret(line`Token for ${server}`);
  if (token !== null) return token;
  throw noToken('no token was given: nothing was kept');
}

const noToken = (message: string): CommandError =>
  new CommandError('CONFIRMATION_NEEDED', exitCodes.invalid, message);

/** What a role may do, for people. */
export function roleText(role: Role, agents: readonly string[]): string {
  if (role === 'agent' && agents.includes('*')) return 'an agent, under any name';
  if (role === 'agent') return `an agent, under a name such as ${agents.join(', ')}`;
  return role === 'operator' ? 'an operator, who may do everything' : 'an observer, who may look';
}

/** Forgets the token of a server; it lets others in still, until it is revoked there. */
export async function logout(call: Call, { url }: { readonly url: string }): Promise<Outcome> {
  const server = serverAddress(url);
  const forgotten = await call.world.servers.forget(server);
  return done(null, { server, forgotten }, () =>
    forgotten ? line`the token for ${server} is forgotten here` : line`no token for ${server} is kept here`,
  );
}
