import { contextRules, readingRules } from '../context/index.ts';
import { typeOfInvariant, type ViolationType } from '../core/index.ts';

interface Rule {
  readonly type: ViolationType;
  readonly remedy: string;
}

/** Of files that can be parsed, what is wrong says itself what to do; this is where to begin. */
const mendFile = 'mend the file at this place; `rhema safety validate` says when it is sound';

const groups: readonly (Rule & { readonly codes: readonly string[] })[] = [
  {
    type: 'DependencyIntegrity',
    remedy: 'correct the dependency in the scope file; `rhema scope list` has the scopes there are',
    codes: [
      'FOLDER_MISSING',
      'INVALID_DEPENDENCY',
      'UNKNOWN_DEPENDENCY',
      'AMBIGUOUS_DEPENDENCY',
      'OUTSIDE_REPOSITORY',
      'EXTERNAL_DEPENDENCY',
      'UNKNOWN_PARENT',
      'SELF_DEPENDENCY',
      'DEPENDENCY_UNKNOWN',
      'DEPENDENCY_CYCLE',
    ],
  },
  {
    type: 'DependencyIntegrity',
    remedy: 'mend the file that it depends on; this goes with it',
    codes: ['BROKEN_DEPENDENCY'],
  },
  {
    type: 'DependencyIntegrity',
    remedy: 'take scopes or dependencies out, or raise the bound in the block agent_coordination',
    codes: ['TOO_MANY_SCOPES', 'SCOPE_LIMIT_REACHED', 'DEPENDENCY_LIMIT_REACHED', 'SCOPE_DEPTH_EXCEEDED'],
  },
  {
    type: 'DependencyIntegrity',
    remedy: '`rhema init` describes the scopes of this repository',
    codes: ['NO_SCOPES', 'GRAPH_EMPTY'],
  },
  {
    type: 'LockConsistency',
    remedy: 'let one name mean one scope: rename a folder or remove one of the files',
    codes: ['DUPLICATE_SCOPE', 'SCOPES_READ_ALIKE', 'SHADOWED_FILE', 'SHADOWED_ENTRY', 'MISPLACED_FILE'],
  },
  {
    type: 'AgentCoordination',
    remedy: 'correct the option; `rhema config explain` says what it may be',
    codes: [
      'CONFIG_NOT_A_MAP',
      'CONFIG_UNKNOWN_KEY',
      'CONFIG_WRONG_TYPE',
      'CONFIG_OUT_OF_BOUNDS',
      'CONFIG_INCONSISTENT',
      'CONFIG_VARIABLE_IGNORED',
      'CONFIG_MISPLACED_KEY',
      'MISPLACED_CONFIG',
      'SETTINGS_INVALID',
      'SETTINGS_IN_USE',
      'INVALID_PATTERN',
    ],
  },
  {
    type: 'ContextConsistency',
    remedy:
      'look at it: `rhema context record FILE` takes it as it is, `rhema context restore FILE` puts back what was recorded',
    codes: ['CONTEXT_FILE_CHANGED'],
  },
  {
    type: 'ContextConsistency',
    remedy: '`rhema context restore FILE` puts back what was recorded; or write it anew',
    codes: ['CONTEXT_FILE_GONE', 'CONTEXT_FILE_BROKEN'],
  },
  {
    type: 'LockConsistency',
    remedy: 'see `rhema verify-log` and docs/safety.md; restore the log from a backup if no bug explains it',
    codes: ['STATE_DIFFERS_FROM_LOG'],
  },
  {
    type: 'AgentCoordination',
    remedy: 'end what went on before: `rhema log` shows it',
    codes: ['LOG_BEGUN_ANEW'],
  },
];

const rules: ReadonlyMap<string, Rule> = new Map(
  groups.flatMap(({ codes, type, remedy }) => codes.map((code) => [code, { type, remedy }] as const)),
);

/** All but those of the log: what the tables have, and what is wrong with, or inside, a context file. */
export const ruleNames: readonly string[] = [...new Set([...rules.keys(), ...readingRules, ...contextRules])];

/** Whether a rule is one of the log, and of how it goes with the state. */
export const isOfLog = (rule: string): boolean =>
  rule.startsWith('LOG_') || rule === 'STATE_DIFFERS_FROM_LOG';

/** Whether a rule is one of the files of the working tree by themselves, which nobody has to have recorded. */
export function isOfFiles(rule: string): boolean {
  return !isOfLog(rule) && !rule.startsWith('CONTEXT_FILE_') && !Object.hasOwn(typeOfInvariant, rule);
}

/** The type and the remedy of a rule that is no invariant. What no table has is about the content of a file, or about the log. */
export function ruleOf(code: string): Rule {
  const known = rules.get(code);
  if (known !== undefined) return known;
  return code.startsWith('LOG_')
    ? { type: 'LockConsistency', remedy: '`rhema verify-log` says more' }
    : { type: 'ContextConsistency', remedy: mendFile };
}
