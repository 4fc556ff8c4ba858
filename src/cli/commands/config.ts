import {
  besideSettings,
  configBlock,
  explainOption,
  nearestOption,
  noEffect,
  optionOf,
  options,
  type ConfigEntry,
} from '../../config/index.ts';
import type { Settings } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { table } from '../format/table.ts';
import type { Cell } from '../format/table.ts';
import { line } from '../format/text.ts';
import { problemsText } from '../format/views.ts';
import { fitted } from '../format/width.ts';
import { isDisabled } from '../answer/output.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { count } from '../../wording/index.ts';

/**
 * Every option, its value, and where the value comes from; read from the working tree, beside what a coordinator decides by
 * where one runs.
 */
export async function showConfig(call: Call): Promise<Outcome> {
  const found = await call.world.inspection.configuration(await call.repository());
  const { problems, unusedFile } = found;
  const settings = await runningSettings(call);
  const entries = settings === null ? found.entries : besideSettings(found.entries, settings);
  if (unusedFile !== null) call.note(unusedText(unusedFile));
  return done(null, { entries, problems, unusedFile }, (style) => {
    const rows = entries.map((entry): Cell[] => [
      shortKey(entry.key),
      valueText(entry),
      { text: entry.origin, emphasis: entry.origin === 'default' ? 'dim' : 'plain' },
    ]);
    const parts = [table(style, ['KEY', 'VALUE', 'FROM'], rows), problemsText(style, problems)];
    return parts.filter((part) => part !== '').join('\n\n');
  });
}

/** One that cannot be asked is no reason to show nothing: the files are there. */
async function runningSettings(call: Call): Promise<Settings | null> {
  try {
    return await call.world.owner.settings(await call.repository());
  } catch (error) {
    if (!isDisabled(error)) call.note(untoldText(error));
    return null;
  }
}

function untoldText(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return line`whether the coordinator has other values cannot be told: ${why}`;
}

function valueText({ text, inForce, stillInForce }: ConfigEntry): string {
  if (stillInForce !== null) return `${text} (still ${stillInForce} in force)`;
  return inForce ? text : `${text} (no effect yet)`;
}

/** A running coordinator is mentioned, since it does not fall back to the defaults: it keeps what it read last. */
function unusedText(file: string): string {
  return line`${file} could not be used: these values are in force without it (a coordinator that runs already keeps those it read before)`;
}

export interface ExplainInput {
  readonly key?: string;
}

/** What an option means, its default and its bounds. */
export async function explainConfig(_call: Call, input: ExplainInput): Promise<Outcome> {
  const { key } = input;
  if (key === undefined) {
    const all = options.map((option) => explained(option.key, explainOption(option.key) ?? ''));
    return done(null, { options: all }, (style) =>
      fitted(style, all.map((option) => option.text).join('\n\n')),
    );
  }
  const text = explainOption(key);
  if (text === null) throw unknownOption(key);
  return done(null, explained(key, text), (style) => fitted(style, text));
}

function explained(key: string, text: string): { key: string; text: string; inForce: boolean } {
  const option = optionOf(key) ?? optionOf(`${configBlock}.${key}`);
  return { key, text, inForce: option !== null && option.readBy !== null };
}

function unknownOption(key: string): Error {
  const near = nearestOption(key);
  const hint = near === null ? 'rhema config show lists them all' : `did you mean ${near}?`;
  return invalidInput(`there is no option ${JSON.stringify(key)}: ${hint}`, { key });
}

/** What is wrong with the configuration, and what of it has no effect. */
export async function checkConfig(call: Call): Promise<Outcome> {
  const found = await call.world.inspection.configuration(await call.repository());
  const { problems, unusedFile } = found;
  const idle = found.entries.filter(({ inForce }) => !inForce);
  const withoutEffect = idle.map(({ key, origin }) => ({ key, origin }));
  const idleLines = idleTexts(idle);
  if (problems.length === 0)
    return done(null, { problems, withoutEffect }, (style) =>
      fitted(style, ['the configuration is sound', ...idleLines].join('\n')),
    );
  const message = `the configuration has ${countsText(problems)}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'CONFIG_UNSOUND',
    message,
    details: { problems, unusedFile, withoutEffect },
    lines: [
      message,
      ...problemsText(call.errorStyle, problems).split('\n'),
      ...idleLines,
      ...(unusedFile === null ? [] : [line`nothing in ${unusedFile} counts until that is corrected`]),
    ],
  };
}

/** `1 error`, `2 errors and 1 warning`. */
function countsText(problems: readonly Pick<ScopeProblem, 'severity'>[]): string {
  return (['error', 'warning'] as const)
    .map(
      (severity) => [severity, problems.filter((problem) => problem.severity === severity).length] as const,
    )
    .flatMap(([severity, number]) => (number === 0 ? [] : [count(number, severity)]))
    .join(' and ');
}

/** As `config explain` takes it, too: all options are of one block. */
const shortKey = (key: string): string => key.replace(`${configBlock}.`, '');

/** Those that nobody has set are told in one line: their defaults may be what somebody relies on. */
function idleTexts(idle: readonly ConfigEntry[]): string[] {
  const [unset, set] = [true, false].map((wanted) =>
    idle.filter(({ origin }) => (origin === 'default') === wanted),
  ) as [ConfigEntry[], ConfigEntry[]];
  const told = set.map(
    ({ key, text, origin }) => line`${key}: ${text} (${origin}) ${noEffect}: rhema config explain ${key}`,
  );
  if (unset.length === 0) return told;
  const keys = unset.map(({ key }) => shortKey(key)).join(', ');
  return [...told, line`not set, and without any effect yet: ${keys}`];
}
