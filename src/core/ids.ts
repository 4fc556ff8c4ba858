/**
 * Names, numbers and times of the machine, branded so that one cannot stand in for another. They are made here and
 * at the borders only; inside the core they are just passed on.
 */

import { reservedWordLike } from './names.ts';
import { escapeUnclear } from './visible.ts';

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A participant's name. See {@link parseAgentId}. */
export type AgentId = Brand<string, 'AgentId'>;
/** SHA-256 (hex) of the secret that a join handed out. The secret itself never reaches the log. */
export type SessionId = Brand<string, 'SessionId'>;
/** A scope's canonical path. See {@link parseScopePath}. */
export type ScopePath = Brand<string, 'ScopePath'>;
/** A file's canonical path, relative to the repository. See {@link parseFilePath}. */
export type FilePath = Brand<string, 'FilePath'>;
/** Something that is no folder and that agents take turns at: `@deploy`. See {@link parseResourceName}. */
export type ResourceName = Brand<string, 'ResourceName'>;
/** One of the places at a resource, `@deploy#1`; `@deploy#*` in a wish for any of them. */
export type Slot = Brand<string, 'Slot'>;
/** Chosen by the caller; a repeat of a committed command returns the first answer. */
export type RequestId = Brand<string, 'RequestId'>;
/** Position of one committed command in the log: 1, 2, 3 ... 0 is the empty log. */
export type Revision = Brand<number, 'Revision'>;
/** Revision of the join that made this incarnation of an agent; so a later join always has a higher epoch. */
export type Epoch = Revision;
/** Revision of the grant. Writers present it; the protected thing refuses a smaller one. */
export type FencingToken = Revision;
/** Revision of the command that queued the agent; tickets are served in this order. */
export type Ticket = Revision;
/** Revision of the start of a sync run; completing or failing it must carry it. */
export type SyncRun = Revision;
/** Milliseconds since 1970, in the log's time: it never runs backwards. */
export type TimeMs = Brand<number, 'TimeMs'>;
/** A length of time in milliseconds. */
export type DurationMs = Brand<number, 'DurationMs'>;

export const asRevision = (value: number): Revision => value as Revision;
export const asTimeMs = (value: number): TimeMs => value as TimeMs;
export const asDurationMs = (value: number): DurationMs => value as DurationMs;
export const asRequestId = (value: string): RequestId => value as RequestId;
export const asSessionId = (value: string): SessionId => value as SessionId;

export const addMs = (time: TimeMs, duration: number): TimeMs => (time + duration) as TimeMs;

/** Either the parsed value or why the text is refused, for a person to read. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

const agentIdPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._@/-]{0,126}[A-Za-z0-9])?$/;

/**
 * An agent's name: 1 to 128 of A-Z a-z 0-9 . _ @ / - with a letter or digit at both ends. ASCII only, so that no two
 * names look alike; `/` separates a subagent from its parent and is never a path (`..`, `//` and `/.` are refused). What reads like a word of the coordinator is refused, too, also with a
 * number behind it or as the parent of a subagent: its own names, those who say what is to be done, codes of answers, what those begin with.
 */
export function parseAgentId(text: string): Parsed<AgentId> {
  const formed = parseAgentIdForm(text);
  const word = formed.ok ? reservedWordLike(text) : null;
  if (word === null) return formed;
  return {
    ok: false,
    problem: `agent name ${quote(text)} reads like ${quote(word)}, a word of the coordinator itself: choose another`,
  };
}

/** As {@link parseAgentId}, for agents that are known: what is a word of the coordinator now may have been a name before. */
export function parseAgentIdForm(text: string): Parsed<AgentId> {
  if (!agentIdPattern.test(text))
    return {
      ok: false,
      problem: `agent name ${quote(text)}: use 1 to 128 letters, digits, '.', '_', '@', '/' or '-', starting and ending with a letter or digit`,
    };
  if (/\.\.|\/\/|\/\.|\.\//.test(text))
    return { ok: false, problem: `agent name ${quote(text)}: '..', '//', '/.' and './' are not allowed` };
  return { ok: true, value: text as AgentId };
}

/** Longest scope path, in UTF-16 units. Linux allows 4096 bytes for a whole path; scopes are folders far above that. */
export const scopePathLengthMax = 1024;

/**
 * The canonical form of a scope's path: relative to the repository, `/` between segments, no `.`, no `..`, no doubled or
 * trailing slash, Unicode NFC; `.` is the root. Two spellings of one path give one value. `..` is resolved as long as
 * it stays inside the repository. Control characters and broken Unicode are refused. Symlinks are the caller's business: this is text.
 */
export function parseScopePath(text: string): Parsed<ScopePath> {
  return parsePath(text, 'scope path') as Parsed<ScopePath>;
}

/**
 * As {@link parseScopePath}, for a file, which need not exist yet. The repository itself is none, and a backslash is refused: on
 * disk it is a letter of the name, and `a\\b` another file than `a/b`.
 */
export function parseFilePath(text: string): Parsed<FilePath> {
  if (text.includes('\\')) return { ok: false, problem: backslashProblem('file path', text) };
  const parsed = parsePath(text, 'file path') as Parsed<FilePath>;
  if (!parsed.ok || (parsed.value as string) !== '.') return parsed;
  return { ok: false, problem: `file path ${quote(text)} is the repository itself: name a file in it` };
}

/** Of what is named as it is on disk. */
export function backslashProblem(what: string, text: string): string {
  return `${what} ${quote(text)} has a backslash, which is a letter of a name here: write slashes between folders. What has one in its name has no lock of its own: rename it, or lock the scope around it`;
}

const resourceNamePattern = /^@[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

/** `@` and 1 to 64 of A-Z a-z 0-9 . _ - with a letter or digit at both ends. */
export function parseResourceName(text: string): Parsed<ResourceName> {
  if (resourceNamePattern.test(text)) return { ok: true, value: text as ResourceName };
  return {
    ok: false,
    problem: `resource ${quote(text)}: use '@' and 1 to 64 letters, digits, '.', '_' or '-', starting and ending with a letter or digit`,
  };
}

function parsePath(text: string, what: string): Parsed<string> {
  if (text.length === 0) return { ok: false, problem: `${what} is empty: use '.' for the root` };
  if (text.length > scopePathLengthMax)
    return {
      ok: false,
      problem: `${what} of ${text.length} characters: at most ${scopePathLengthMax} are allowed`,
    };
  if (hasControlCharacter(text))
    return { ok: false, problem: `${what} ${quote(text)} contains a control character` };
  // Half a surrogate pair has no UTF-8: two different ones would be the same text once stored.
  if (/\p{Surrogate}/u.test(text))
    return { ok: false, problem: `${what} ${quote(text)} is no well-formed Unicode text` };
  const slashed = text.normalize('NFC').replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed))
    return {
      ok: false,
      problem: `${what} ${quote(text)} is absolute: write it relative to the repository`,
    };
  const segments: string[] = [];
  for (const segment of slashed.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined)
      return { ok: false, problem: `${what} ${quote(text)} leads out of the repository` };
  }
  const value = segments.length === 0 ? '.' : segments.join('/');
  if (/^@[^/]*#(?:\d+|\*)$/.test(value))
    return {
      ok: false,
      problem: `${what} ${quote(text)} reads like a place at a resource: rename it, or take the folder above`,
    };
  return { ok: true, value };
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f || (code >= 0x80 && code < 0xa0)) return true;
  }
  return false;
}

/** Text from outside, made safe to print: what controls, hides or reorders text escaped, and shortened. */
export function quote(text: string, lengthMax = 80): string {
  const short = text.length > lengthMax ? `${text.slice(0, lengthMax - 3)}...` : text;
  return escapeUnclear(JSON.stringify(short));
}

/**
 * Paths in a sentence, as they are or, where one could pass for words of the sentence, in quotation marks: folders may
 * have any name, and who reads the sentence may be a model that takes orders.
 */
export function named(...paths: readonly string[]): string {
  return paths.map((path) => (isPlainName(path) ? path : quote(path, scopePathLengthMax))).join(', ');
}

function isPlainName(path: string): boolean {
  return /^[\p{L}\p{M}\p{N}_./@+-]+$/u.test(path) && escapeUnclear(path) === path;
}
