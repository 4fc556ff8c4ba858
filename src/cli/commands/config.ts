import {
  besideSettings,
  configBlock,
  explainOption,
  nearestOption,
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
import { settingsInForce } from './settings-in-force.ts';
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
    return await settingsInForce(call);
  } catch (error) {
    if (!isDisabled(error)) call.note(untoldText(error));
    return null;
  }
}

function untoldText(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return line`whether the coordinator has other values cannot be told: ${why}`;
}

function valueText({ text, stillInForce }: ConfigEntry): string {
  return stillInForce === null ? text : `${text} (still ${stillInForce} in force)`;
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
    const all = options.map(({ key: each }) => ({ key: each, text: explainOption(each) ?? '' }));
    return done(null, { options: all }, (style) =>
      fitted(style, all.map((option) => option.text).join('\n\n')),
    );
  }
  const text = explainOption(key);
  if (text === null) throw unknownOption(key);
  return done(null, { key, text }, (style) => fitted(style, text));
}

function unknownOption(key: string): Error {
  const near = nearestOption(key);
  const hint = near === null ? 'rhema config show lists them all' : `did you mean ${near}?`;
  return invalidInput(`there is no option ${JSON.stringify(key)}: ${hint}`, { key });
}

/** What is wrong with the configuration. */
export async function checkConfig(call: Call): Promise<Outcome> {
  const found = await call.world.inspection.configuration(await call.repository());
  const { problems, unusedFile } = found;
  if (problems.length === 0) return done(null, { problems }, () => 'the configuration is sound');
  const message = `the configuration has ${countsText(problems)}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'CONFIG_UNSOUND',
    message,
    details: { problems, unusedFile },
    lines: [
      message,
      ...problemsText(call.errorStyle, problems).split('\n'),
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
