import {
  parseAgentIdForm,
  parseFilePath,
  parseScopePath,
  reasonLengthMax,
  requestIdLengthMax,
  settingBounds,
  type Parsed,
} from '../core/index.ts';
import type { CallerCommand } from './coordinator.ts';
import { secretPattern } from './fields.ts';
import type { ClientMessage } from './wire.ts';

/**
 * The commands that come over and over, in the plainest form that they have: they are told by hand, in a tenth of the time that
 * the schemas take. Whatever is not exactly so is left to those, which alone refuse, and alone make anything canonical.
 */

type Fields = Readonly<Record<string, unknown>>;

/** A message that the schemas would give back as it is; null: ask them. `value`: what was JSON. */
export function plainSubmit(value: unknown): ClientMessage | null {
  if (!isFields(value) || value['op'] !== 'submit' || !isWhole(value['id'], 1)) return null;
  const { request } = value;
  if (!isFields(request) || !isText(request['requestId'], requestIdLengthMax)) return null;
  const { command } = request;
  if (!isFields(command) || fieldsOf(value) !== 3 || fieldsOf(request) !== 2) return null;
  return isPlain(command) ? (value as unknown as ClientMessage) : null;
}

function isPlain(command: Fields): boolean {
  if (!isAgentId(command['agent']) || !isWhole(command['epoch'], 0) || !isSecret(command['secret']))
    return false;
  switch (command['kind'] as CallerCommand['kind']) {
    case 'AcquireLock':
      return isPlainAcquire(command);
    case 'ReleaseLock':
      return isPlainRelease(command);
    case 'RenewLock':
      return isPlainRenewal(command);
    case 'Heartbeat':
      return fieldsOf(command) === 4;
    default:
      return false;
  }
}

function isPlainAcquire(command: Fields): boolean {
  const { ttlMs, reason, wait } = command;
  return (
    fieldsOf(command) === 7 + namesIn(command) &&
    (ttlMs === null || isTtl(ttlMs)) &&
    (reason === null || isText(reason, reasonLengthMax)) &&
    isPlainWait(wait)
  );
}

function isPlainWait(wait: unknown): boolean {
  if (!isFields(wait)) return false;
  if (wait['kind'] === 'none') return fieldsOf(wait) === 1;
  return wait['kind'] === 'queue' && wait['forMs'] === null && fieldsOf(wait) === 2;
}

function isPlainRelease(command: Fields): boolean {
  return fieldsOf(command) === 5 + namesIn(command) && isToken(command['token']);
}

function isPlainRenewal(command: Fields): boolean {
  const { scope, token, ttlMs } = command;
  return fieldsOf(command) === 7 && isScope(scope) && isToken(token) && (ttlMs === null || isTtl(ttlMs));
}

/** How many lists name something: `scopes` has one name or, where a file is named, may have none. Other lists are not plain: NaN. */
function namesIn({ scopes, files }: Fields): number {
  if (!Array.isArray(scopes) || scopes.length > 1) return Number.NaN;
  if (scopes.length === 1 && !isScope(scopes[0])) return Number.NaN;
  if (files === undefined) return scopes.length === 1 ? 1 : Number.NaN;
  return Array.isArray(files) && files.length === 1 && isFile(files[0]) ? 2 : Number.NaN;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldsOf(fields: Fields): number {
  let count = 0;
  for (const _name in fields) count += 1;
  return count;
}

const isText = (value: unknown, lengthMax: number): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= lengthMax;
const isWhole = (value: unknown, min: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= min;
const isToken = (value: unknown): boolean => value === null || isWhole(value, 0);
const isTtl = (value: unknown): boolean =>
  isWhole(value, 1) && (value as number) <= settingBounds.lockTtlMaxMs[1];
const isSecret = (value: unknown): boolean => typeof value === 'string' && secretPattern.test(value);

/** Names that are known to be canonical, so that none is taken apart for each command. */
const knownMax = 4_096;

function canonical(parse: (text: string) => Parsed<string>): (value: unknown) => boolean {
  const known = new Set<string>();
  return (value) => {
    if (typeof value !== 'string') return false;
    if (known.has(value)) return true;
    const parsed = parse(value);
    if (!parsed.ok || parsed.value !== value) return false;
    if (known.size >= knownMax) known.clear();
    known.add(value);
    return true;
  };
}

const isAgentId = canonical(parseAgentIdForm);
const isScope = canonical(parseScopePath);
const isFile = canonical(parseFilePath);
