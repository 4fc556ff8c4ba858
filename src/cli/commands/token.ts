import type { TokenRecord } from '../../access/index.ts';
import { parseAgentIdForm } from '../../core/index.ts';
import { roles, type Role } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { CommandError, invalidInput, usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { withoutServer } from '../server-address.ts';
import { table } from '../format/table.ts';
import { line } from '../format/text.ts';
import type { Repository } from '../world/world.ts';
import { clockTime, relative } from '../format/time.ts';
import { durationOption } from './acquiring.ts';

/** The repository that is, or will be, served from here: who is let in is said where its log is. */
export async function repositoryHere(call: Call): Promise<Repository> {
  const repository = await call.repository();
  if (repository.server === undefined) return repository;
  throw usageError(
    `that is done on the machine of ${repository.server} itself: here it goes ${withoutServer(repository)}`,
  );
}

export interface CreateInput {
  readonly name: string;
  readonly role: string;
  readonly agents?: readonly string[];
  readonly expires: string;
}

/** Makes a token, and shows it this once. */
export async function tokenCreate(call: Call, input: CreateInput): Promise<Outcome> {
  const { name } = input;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw invalidInput(
      `the token ${JSON.stringify(name)}: 1 to 64 letters, digits, ., _ or - expected, the first a letter or digit`,
    );
  const role = roleOf(input.role);
  const agents = agentsOf(role, input.agents);
  const repository = await repositoryHere(call);
  const { records } = await call.world.tokens.list(repository);
  if (records.some((record) => record.name === name && !isOver(record, call.nowMs)))
    throw new CommandError(
      'TOKEN_EXISTS',
      exitCodes.refused,
      `there is a token ${name} already: choose another name, or ${call.rhema('token', 'revoke', name)} first`,
    );
  const expiresAtMs = await expiryOf(input.expires, call.nowMs);
  const wish = { name, role, agents, createdAtMs: call.nowMs, expiresAtMs };
  const { record, token } = await call.world.tokens.create(repository, wish);
  // Or it would be nobody's.
  if (call.quiet && !call.json) call.print(token);
  return done(null, { token, ...shown(record) }, () =>
    [
      token,
      '',
      'It is not shown again. Whoever has it gives it to their rhema once:',
      '  rhema login URL',
    ].join('\n'),
  );
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role !== undefined) return role;
  throw invalidInput(`--role ${JSON.stringify(text)}: one of ${roles.join(', ')} expected`);
}

/** An agent's may take part under any name unless some are given. */
function agentsOf(role: Role, given: readonly string[] | undefined): readonly string[] {
  if (role === 'agent') return (given ?? ['*']).map(patternOf);
  if (given === undefined) return [];
  throw usageError(
    `--agents goes with --role agent: ${role === 'operator' ? 'an operator may be any' : 'an observer is none'}`,
  );
}

/** Refused where no agent's name could fit it. */
function patternOf(text: string): string {
  if (parseAgentIdForm(text.replaceAll('*', 'x')).ok) return text;
  throw invalidInput(
    `--agents ${JSON.stringify(text)}: no agent can have such a name; letters, digits, ., _, @, / and - expected, and * for any of them`,
  );
}

async function expiryOf(text: string, nowMs: number): Promise<number | null> {
  if (text === 'never') return null;
  const forMs = await durationOption('--expires', text, 'or never');
  if (forMs > 0) return nowMs + forMs;
  throw invalidInput(`--expires ${text}: such a token lets nobody in; give a duration as 90d, or never`);
}

const isOver = ({ expiresAtMs }: TokenRecord, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs;

/** All that is known of a token, but what it is kept by. */
function shown(record: TokenRecord): Omit<TokenRecord, 'digest'> {
  const { id, name, role, agents, createdAtMs, expiresAtMs } = record;
  return { id, name, role, agents, createdAtMs, expiresAtMs };
}

export async function tokenList(call: Call): Promise<Outcome> {
  const { records, damaged } = await call.world.tokens.list(await repositoryHere(call));
  const { nowMs } = call;
  const tokens = records.map((record) => ({ ...shown(record), expired: isOver(record, nowMs) }));
  return done(null, { tokens, damaged }, (style) =>
    [
      ...(records.length + damaged.length === 0
        ? [`there is no token yet: ${call.rhema('token', 'create', 'NAME', '--role', 'agent')}`]
        : []),
      ...(records.length === 0
        ? []
        : [
            table(
              style,
              heads,
              records.map((one) => row(one, nowMs)),
            ),
          ]),
      ...damaged.map((path) => line`${path} is damaged, and lets nobody in: remove it`),
    ].join('\n'),
  );
}

const heads = ['NAME', 'ROLE', 'AGENTS', 'ID', 'MADE', 'EXPIRES'];

function row(record: TokenRecord, nowMs: number): (string | null)[] {
  const { name, role, agents, id, createdAtMs, expiresAtMs } = record;
  const expires = expiresAtMs === null ? 'never' : relative(expiresAtMs, nowMs);
  return [
    name,
    role,
    agents.join(' ') || null,
    id,
    clockTime(createdAtMs, nowMs),
    isOver(record, nowMs) ? `expired ${expires}` : expires,
  ];
}

export interface RevokeInput {
  readonly token: string;
}

/** Lets nobody in by it from the next request on. */
export async function tokenRevoke(call: Call, { token: named }: RevokeInput): Promise<Outcome> {
  const repository = await repositoryHere(call);
  const { records } = await call.world.tokens.list(repository);
  const found = records.filter(({ name, id }) => name === named || id === named);
  if (found.length === 0)
    throw new CommandError(
      'TOKEN_NOT_FOUND',
      exitCodes.failure,
      `there is no token ${JSON.stringify(named)}: ${call.rhema('token', 'list')} names those that there are`,
    );
  for (const { id } of found) await call.world.tokens.revoke(repository, id);
  return done(null, { revoked: found.map(shown) }, () =>
    found.map(({ name, id }) => line`${name} (${id}) lets nobody in any more`).join('\n'),
  );
}
