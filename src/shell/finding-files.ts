/** `find`: what it deletes, and what it hands to other commands. */
import { beginningOf, escaped, textField, textOf, unknownField, type Field } from './fields.ts';
import { fieldWithin, type Findings } from './findings.ts';
import type { Called } from './table-effects.ts';

/** Runs the command of `-exec`; its folder is not known for `-execdir`. */
export type Run = (fields: readonly Field[], folder: string | null) => void;

export function applyFind(called: Called, findings: Findings, run: Run): void {
  const { name, args, folder } = called;
  const at = args.findIndex((arg) => /^(-(?![HLPOD])|[!(]$)/.test(beginningOf(arg)));
  const folders = args
    .slice(0, at === -1 ? args.length : at)
    .filter((arg) => !/^-[HLPOD]/.test(beginningOf(arg)));
  const tests = at === -1 ? [] : args.slice(at);
  const found = foundBy(folders.length === 0 ? [textField('.')] : folders, tests);
  for (const [index, test] of tests.entries()) {
    const text = beginningOf(test);
    const value = tests[index + 1];
    if (text === '-delete')
      for (const file of found) findings.write(name, folder, file, { how: 'tree', replaces: true });
    else if (/^-fprint0?$|^-fprintf$|^-fls$/.test(text) && value !== undefined)
      findings.write(name, folder, value);
    else if (/^-(exec|ok)(dir)?$/.test(text))
      for (const file of found)
        run(commandOf(tests.slice(index + 1), file), text.endsWith('dir') ? null : folder);
  }
}

function commandOf(rest: readonly Field[], file: Field): readonly Field[] {
  const end = rest.findIndex((field, index) => isEnd(field, rest[index - 1]));
  return rest.slice(0, end === -1 ? rest.length : end).map((field) => put(field, file));
}

const isEnd = (field: Field, before: Field | undefined): boolean =>
  textOf(field) === ';' || (textOf(field) === '+' && textOf(before) === '{}');

const put = (field: Field, file: Field): Field => {
  const text = textOf(field);
  if (text === '{}') return file;
  return text?.includes('{}') === true ? unknownField('arguments') : field;
};

/** What it finds in each folder: where it looks for one name, a pattern. */
function foundBy(folders: readonly Field[], tests: readonly Field[]): readonly Field[] {
  const name = nameAsked(tests);
  return folders.map((folder) => {
    if (folder.kind === 'unknown') return folder;
    const inner: Field = { kind: 'text', text: `**/${name ?? '*'}`, pattern: `**/${name ?? '*'}` };
    const start = folder.text === '.' ? textField('') : folder;
    return fieldWithin(start, inner);
  });
}

/** The pattern of `-name`, if nothing may be found by another way. */
function nameAsked(tests: readonly Field[]): string | null {
  if (tests.some((test) => /^(-o|-or|,|\()$/.test(beginningOf(test)))) return null;
  const at = tests.findIndex(
    (test, index) =>
      textOf(test) === '-name' && !/^(!|-not)$/.test(beginningOf(tests[index - 1] ?? textField(''))),
  );
  const value = tests[at + 1];
  if (at === -1 || value?.kind !== 'text') return null;
  return value.pattern ?? (/[*?[]/.test(value.text) ? value.text : escaped(value.text));
}
