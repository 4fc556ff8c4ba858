import { z } from 'zod';
import {
  metadataLengthMax,
  parseAgentId,
  parseAgentIdForm,
  parseScopePath,
  quote,
  reasonLengthMax,
  requestIdLengthMax,
  scopesMax,
  settingBounds,
  type AgentMetadata,
  type DurationMs,
  type Parsed,
  type Revision,
  type ScopePath,
  type TimeMs,
} from '../core/index.ts';

/** The fields that requests are made of: what is valid at the border is said here and in the core, nowhere else. */

/** Length of names of scopes, operators and operations, in characters. */
const nameLengthMax = 256;

/** A text that a parser of the core makes canonical or refuses. */
const parsedText = <T>(parse: (text: string) => Parsed<T>) =>
  z.string().transform((text, parsing): T => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    parsing.addIssue({ code: 'custom', message: parsed.problem, input: text });
    return z.NEVER;
  });

/** An agent that is known, perhaps from before its name became a word of the coordinator. */
export const agentId = parsedText(parseAgentIdForm);
export const newAgentId = parsedText(parseAgentId);
export const scopePath = parsedText(parseScopePath);

/** Relative to its scope's folder, and inside it. */
export const contextFile = parsedText((text): Parsed<string> => {
  const parsed = parseScopePath(text);
  if (parsed.ok && parsed.value === '.')
    return { ok: false, problem: `context file ${quote(text)} is a folder: name a file in the scope` };
  return parsed;
});

/** The list in the one order in which the core expects it: sorted, without repeats. */
export const sortedScopes = (countMin: number, countMax: number) =>
  z.array(scopePath).min(countMin).max(countMax).transform(sortedUnique);

function sortedUnique(paths: readonly ScopePath[]): readonly ScopePath[] {
  return paths.length < 2 ? paths : [...new Set(paths)].sort();
}

const whole = (min: number, max: number) => z.int().min(min).max(max);

/** A position in the log. */
export const revision = whole(0, Number.MAX_SAFE_INTEGER).transform((value) => value as Revision);
export const timeMs = whole(0, Number.MAX_SAFE_INTEGER).transform((value) => value as TimeMs);
const durationMs = (min: number, max: number) => whole(min, max).transform((value) => value as DurationMs);
/** Whole milliseconds; whether it is within the configured bound is the core's decision. */
export const ttlMs = durationMs(1, settingBounds.lockTtlMaxMs[1]);
export const waitMs = durationMs(1, settingBounds.maxBlockMs[1]);

export const requestId = z.string().min(1).max(requestIdLengthMax);
/** 16 to 64 random bytes in hex. */
export const secret = z.string().regex(/^[0-9a-f]{32,128}$/, '32 to 128 lower-case hex digits expected');
/** SHA-256 in hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits expected');
export const name = z.string().min(1).max(nameLengthMax);
export const freeText = z.string().min(1).max(reasonLengthMax);

export const metadata: z.ZodType<AgentMetadata> = z
  .record(z.string().min(1).max(nameLengthMax), z.union([z.string(), z.number(), z.boolean()]))
  .refine((value) => JSON.stringify(value).length <= metadataLengthMax, {
    message: `at most ${metadataLengthMax} characters of JSON are allowed`,
  });

export const digestsByScope = z.record(z.string().max(nameLengthMax * 4), digest);
export const scopeDefinition = z.strictObject({
  path: scopePath,
  name,
  type: name,
  dependencies: sortedScopes(0, scopesMax),
});
