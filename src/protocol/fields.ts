import { z } from 'zod';
import {
  changedFilesShownMax,
  changedLocksMax,
  evidenceLengthMax,
  messageLengthMax,
  metadataLengthMax,
  parseAgentId,
  parseAgentIdForm,
  parseFilePath,
  parseResourceName,
  parseScopePath,
  quote,
  reasonLengthMax,
  resourceCapacityMax,
  requestIdLengthMax,
  scopesMax,
  settingBounds,
  targetsPerRequestMax,
  violationTypes,
  type AgentMetadata,
  type AgentProcess,
  type DurationMs,
  type FilePath,
  type OneName,
  type Parsed,
  type ResourceName,
  type Revision,
  type ScopePath,
  type TimeMs,
} from '../core/index.ts';

/** The fields that requests are made of: what is valid at the border is said here and in the core, nowhere else. */

/** Length of names of scopes, operators and operations, in characters. */
const nameLengthMax = 256;

/** Length of what a violation is about, in characters: a path, mostly. */
const subjectLengthMax = 4_096;

/** A text that a parser of the core makes canonical or refuses: by a check, which takes less time than a transform. */
const parsedText = <T extends string>(parse: (text: string) => Parsed<T>) =>
  z.string().check((field) => {
    const parsed = parse(field.value);
    if (parsed.ok) field.value = parsed.value;
    else field.issues.push({ code: 'custom', message: parsed.problem, input: field.value });
  }) as unknown as z.ZodType<T, string>;

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
  z
    .array(scopePath)
    .min(countMin)
    .max(countMax)
    .overwrite(sortedUnique<ScopePath>);

function sortedUnique<Name extends string>(names: Name[]): Name[] {
  return names.length < 2 ? names : [...new Set(names)].sort();
}

/** Relative to the repository; it need not exist. */
export const filePath = parsedText(parseFilePath);
export const resourceName = parsedText(parseResourceName);

/** As {@link sortedScopes}. */
const sortedFiles = z
  .array(filePath)
  .min(1)
  .max(targetsPerRequestMax)
  .overwrite(sortedUnique<FilePath>);
const sortedResources = z
  .array(resourceName)
  .min(1)
  .max(targetsPerRequestMax)
  .overwrite(sortedUnique<ResourceName>);

/** What is asked for or given back beside whole scopes. */
export const filesAndResources = {
  files: z.exactOptional(sortedFiles),
  resources: z.exactOptional(sortedResources),
};

/** One thing that is held, by its name. */
export const oneName = {
  scope: z.exactOptional(scopePath),
  file: z.exactOptional(filePath),
  resource: z.exactOptional(resourceName),
};

/** What was changed under locks of scopes and files. */
export const changedUnder = z
  .array(
    z
      .strictObject({
        scope: oneName.scope,
        file: oneName.file,
        files: z
          .array(filePath)
          .max(changedFilesShownMax)
          .overwrite(sortedUnique<FilePath>),
        count: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
      })
      .refine(({ scope, file }) => (scope === undefined) !== (file === undefined), {
        message: 'name exactly one: a scope or a file',
      }),
  )
  .max(changedLocksMax);

/** Whether exactly one is named. */
export const isOneName = ({ scope, file, resource }: OneName): boolean =>
  [scope, file, resource].filter((name) => name !== undefined).length === 1;

const whole = (min: number, max: number) => z.int().min(min).max(max);
/** A number of the core's: another name for the same value needs nothing done for each request. */
const wholeAs = <T extends number>(min: number, max: number) =>
  whole(min, max) as unknown as z.ZodType<T, number>;

/** Of a resource; whether there is such a slot is the core's decision. */
export const slotNumber = whole(1, resourceCapacityMax);

/** A position in the log. */
export const revision = wholeAs<Revision>(0, Number.MAX_SAFE_INTEGER);
export const timeMs = wholeAs<TimeMs>(0, Number.MAX_SAFE_INTEGER);
/** Whole milliseconds; whether it is within the configured bound is the core's decision. */
export const ttlMs = wholeAs<DurationMs>(1, settingBounds.lockTtlMaxMs[1]);
export const waitMs = wholeAs<DurationMs>(1, settingBounds.maxBlockMs[1]);

export const requestId = z.string().min(1).max(requestIdLengthMax);
/** 16 to 64 random bytes in hex. */
export const secretPattern = /^[0-9a-f]{32,128}$/;
export const secret = z.string().regex(secretPattern, '32 to 128 lower-case hex digits expected');
/** SHA-256 in hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits expected');
export const name = z.string().min(1).max(nameLengthMax);
export const messageText = z.string().min(1).max(messageLengthMax);
export const freeText = z.string().min(1).max(reasonLengthMax);

export const evidence = z.string().min(1).max(evidenceLengthMax);

/** By which a violation is known; one line each, but for the subject, of which the path may have any letters. */
export const violationName = {
  type: z.enum(violationTypes),
  rule: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, '1 to 100 letters, digits, _, . or - expected'),
  subject: z.string().min(1).max(subjectLengthMax),
};

export const metadata: z.ZodType<AgentMetadata> = z
  .record(z.string().min(1).max(nameLengthMax), z.union([z.string(), z.number(), z.boolean()]))
  .refine((value) => JSON.stringify(value).length <= metadataLengthMax, {
    message: `at most ${metadataLengthMax} characters of JSON are allowed`,
  });

/** What outlives its process for longer is nobody's that is ending. */
const lingersMsMax = 60_000;

/** Where a process is one, in words of its system; which they are does not matter. */
export const agentProcess: z.ZodType<AgentProcess> = z.strictObject({
  pid: whole(1, Number.MAX_SAFE_INTEGER),
  start: name,
  namespace: z.string().max(nameLengthMax),
  lingersMs: z.exactOptional(whole(0, lingersMsMax)),
});

export const digestsByScope = z.record(z.string().max(nameLengthMax * 4), digest);
export const scopeDefinition = z.strictObject({
  path: scopePath,
  name,
  type: name,
  dependencies: sortedScopes(0, scopesMax),
});
