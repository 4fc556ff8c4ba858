import { CoordinatorError, type Role } from '../../protocol/index.ts';
import { isLoopback, readToken } from '../../access/index.ts';
import type { Call } from '../call.ts';
import { CommandError, invalidInput, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { count } from '../../wording/index.ts';
import { line, shellWord } from '../format/text.ts';
import { isNoRepository } from '../no-repository.ts';
import { serverAddress } from '../server-address.ts';
import { areOfOthers } from '../doctor/server-facts.ts';
import { tokenIn } from '../token-text.ts';
import type { Repository } from '../world/world.ts';
import { busyHere } from './busy-here.ts';
import { isInteractive } from './scope-plan.ts';

export interface LoginInput {
  readonly url: string;
  readonly tokenFile?: string;
  /** Notes nothing in the clone. */
  readonly tokenOnly?: boolean;
}

/** Keeps a token for a server, once that has let somebody in by it; from then on the clone is coordinated there. */
export async function login(call: Call, { url, tokenFile, tokenOnly }: LoginInput): Promise<Outcome> {
  const server = serverAddress(url);
  const clone = tokenOnly === true ? null : await cloneOf(call);
  const { protocol, hostname } = new URL(server);
  if (protocol === 'http:' && !isLoopback(hostname))
    call.note(line`${server} is not encrypted: whoever is on the way there can read the token`);
  const token = tokenIn(await askedToken(call, server, tokenFile));
  if (token === null)
    throw invalidInput('that is no token: one line expected, as rhema token create printed it');
  const { name, role, agents } = await call.world.servers.whoAmI(server, token).catch((error: unknown) => {
    throw isNowhere(error) ? nowhere(server) : error;
  });
  const noting = clone === null ? 'none' : await noted(call, clone, server, token);
  const file = await call.world.servers.keep(server, token);
  if (noting === 'noted') await tellWhatGoesBefore(call, server);
  const data = { server, name, role, agents, file, noted: noting === 'noted' };
  return done(null, data, () =>
    [
      line`${server} lets you in as ${name}: ${roleText(role, agents)}`,
      '',
      ...nextText(call, server, noting),
    ].join('\n'),
  );
}

/** Null outside of one: a token is as good there. */
async function cloneOf(call: Call): Promise<Repository | null> {
  try {
    return await call.clone();
  } catch (error) {
    if (isNoRepository(error)) return null;
    throw error;
  }
}

type Noting =
  | 'noted'
  /** There is no clone here, or nothing was to be noted. */
  | 'none'
  /** It is this clone that is served there: its own log is the one. */
  | 'own';

async function noted(call: Call, clone: Repository, server: string, token: string): Promise<Noting> {
  if (await isServedFrom(call, clone, server, token)) return 'own';
  await refuseAnother(call, server, token);
  await call.world.servers.note(clone, server);
  return 'noted';
}

async function isServedFrom(call: Call, clone: Repository, server: string, token: string): Promise<boolean> {
  const id = readToken(token)?.id;
  const { records } = await call.world.tokens.list(clone);
  if (records.some((record) => record.id === id)) return true;
  return (await call.world.owner.health(clone))?.url === server;
}

/** Agents of another repository have other scopes, and hold nothing that lies here. */
async function refuseAnother(call: Call, server: string, token: string): Promise<void> {
  const { servers } = call.world;
  const [{ about }, here] = await Promise.all([servers.look(server, token), servers.rootsAt(call.cwd)]);
  const there = about?.known === true ? about.value.roots : null;
  if (!areOfOthers(here, there)) return;
  throw invalidInput(
    `${server} coordinates another repository, in whose history ${there?.[0]?.slice(0, 12)} comes first, and here ${here?.[0]?.slice(0, 12)}: do it in a clone of that one, or keep the token alone by --token-only`,
  );
}

function nextText(call: Call, server: string, noting: Noting): readonly string[] {
  if (noting === 'noted')
    return [
      'This clone is coordinated there from now on, whoever works in it: its commands, clients and hooks.',
      line`To end that: ${call.rhema('logout')}`,
    ];
  return [
    ...(noting === 'own' ? ['It is this clone that is served there: nothing is noted in it.', ''] : []),
    'Work with it by:',
    `  export RHEMA_SERVER=${shellWord(server)}`,
  ];
}

/** What does not see the server, or sees another. */
async function tellWhatGoesBefore(call: Call, server: string): Promise<void> {
  const named = call.ports.env['RHEMA_SERVER'];
  if (named !== undefined && named !== server)
    call.note(line`RHEMA_SERVER is set to ${JSON.stringify(named)}, which goes before what the clone says`);
  const held = await heldHere(call);
  if (held === 0) return;
  const locks = count(held, 'lock');
  const look = 'RHEMA_SERVER= rhema status';
  call.note(
    line`${locks} of this clone's own log, which the agents of the server do not see, still held: ${look}`,
  );
}

/** How many locks the clone's own log has. */
async function heldHere(call: Call): Promise<number> {
  const clone = await call.clone();
  const { hasLog } = await call.world.state.look(clone);
  if (!hasLog) return 0;
  const isOwned = (await call.world.owner.health(clone)) !== null;
  return (await busyHere(call, !isOwned)).locks.length;
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

/**
 * Forgets the token of a server; it lets others in still, until it is revoked there. The clone that is coordinated there is coordinated
 * on this machine again; that alone where no server is named.
 */
export async function logout(call: Call, { url }: { readonly url?: string }): Promise<Outcome> {
  const clone = await cloneOf(call);
  if (url === undefined) return leave(call, clone);
  const server = serverAddress(url);
  const forgotten = await call.world.servers.forget(server);
  const left = clone !== null && (await call.world.servers.noted(clone)) === server;
  if (left) await call.world.servers.dropNote(clone);
  return done(null, { server, forgotten, left }, () =>
    [
      forgotten ? line`the token for ${server} is forgotten here` : line`no token for ${server} is kept here`,
      ...(left ? [aloneAgain] : []),
    ].join('\n'),
  );
}

/** Also what is damaged is taken away. */
async function leave(call: Call, clone: Repository | null): Promise<Outcome> {
  const server = clone === null ? null : await call.world.servers.noted(clone).catch(() => undefined);
  if (clone === null || server === null)
    throw usageError('which server? Give its address: none is noted in a clone here');
  await call.world.servers.dropNote(clone);
  const forgotten = server === undefined ? false : await call.world.servers.forget(server);
  return done(null, { server: server ?? null, forgotten, left: true }, () =>
    [
      ...(server !== undefined && forgotten ? [line`the token for ${server} is forgotten here`] : []),
      aloneAgain,
    ].join('\n'),
  );
}

const aloneAgain = 'this clone is coordinated on this machine again';
