import type { Dialect } from './dialect.ts';
import type { Act, HookCall, HookEvent } from './hook-call.ts';
import { actOf } from './tools.ts';

export type ReadCall =
  | { readonly kind: 'call'; readonly call: HookCall; readonly name: string }
  /** A moment at which nothing is done. */
  | { readonly kind: 'other' }
  /** It cannot be told what is asked. `before`: at which moment, as far as that can be seen. */
  | {
      readonly kind: 'unreadable';
      readonly problem: string;
      readonly before: HookEvent | null;
      readonly name: string;
    };

/** What is longer is not read: a client that writes whole files gets along with a hundredth of it. */
export const payloadBytesMax = 32 * 1024 * 1024;
/** Of ids and paths; no client has longer ones. */
const idLengthMax = 4_096;

/** Understands what a client has sent. `named`: the moment as the command line of the hook names it; null: the payload does. */
export function readCall(dialect: Dialect, text: string, named: string | null): ReadCall {
  const payload = parsed(text);
  const name = named ?? textAt(payload ?? {}, dialect.fields.event) ?? nameIn(text) ?? '';
  const event = Object.hasOwn(dialect.events, name) ? (dialect.events[name] ?? null) : null;
  if (payload === null)
    return { kind: 'unreadable', problem: 'what the client sent is no JSON object', before: event, name };
  if (name === '')
    return { kind: 'unreadable', problem: 'what the client sent names no event', before: null, name };
  if (event === null) return { kind: 'other' };
  const { fields } = dialect;
  const call: HookCall = {
    event,
    session: textAt(payload, fields.session) ?? '',
    subagent: textAt(payload, fields.subagent),
    toolUse: textAt(payload, fields.toolUse),
    folder: textAt(payload, fields.folder),
    act: actIn(dialect, payload),
    isStoppingAgain: payload['stop_hook_active'] === true || payload['stopHookActive'] === true,
  };
  const isTool = event === 'beforeTool' || event === 'afterTool';
  if (isTool && textAt(payload, fields.tool) === null)
    return { kind: 'unreadable', problem: 'what the client sent names no tool', before: event, name };
  return { kind: 'call', call, name };
}

type Payload = Readonly<Record<string, unknown>>;

function parsed(text: string): Payload | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Of a payload that is cut off, or broken, the moment may be seen all the same. */
const nameIn = (text: string): string | null =>
  /"hook_?[eE]vent_?[nN]ame"\s*:\s*"(\w{1,64})"/.exec(text.slice(0, 65_536))?.[1] ?? null;

/** The first of some fields that is a text, or a list that begins with one. */
function textAt(payload: Payload, fields: readonly string[]): string | null {
  for (const field of fields) {
    const value = Object.hasOwn(payload, field) ? payload[field] : undefined;
    const text: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof text === 'string' && text !== '' && text.length <= idLengthMax) return text;
  }
  return null;
}

function actIn({ fields }: Dialect, payload: Payload): Act | null {
  const tool = textAt(payload, fields.tool);
  if (tool === null) return null;
  return actOf(tool, structured(first(payload, fields.toolInput)), first(payload, fields.toolResult));
}

const first = (payload: Payload, fields: readonly string[]): unknown =>
  fields.map((field) => payload[field]).find((value) => value !== undefined);

/** Some clients send arguments as the text of an object. */
function structured(input: unknown): unknown {
  if (typeof input !== 'string' || !input.trimStart().startsWith('{')) return input;
  return parsed(input) ?? input;
}
