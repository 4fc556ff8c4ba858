import type { ContextProblem } from '../context/index.ts';
import { typeOfInvariant, type InvariantName, type Violation, type ViolationType } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import { ruleOf } from './rules.ts';

/** Something that breaks a rule, wherever it was found. Plain JSON. */
export interface Finding {
  readonly type: ViolationType;
  /** An invariant's name, or a rule's. Stable. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** What it is about: a file, a scope, an agent, a ticket; `*`: the whole. */
  readonly subject: string;
  /** Repository-relative; null where it is in no file. */
  readonly file: string | null;
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
  readonly evidence: string;
  readonly remedy: string;
  /** Set where the evidence says what to do, too. */
  readonly saysRemedy?: true;
}

const saysRemedy = true;

/** In a scope file, in the graph of them, or in the configuration. */
export function ofScopeProblem(problem: ScopeProblem): Finding {
  const { code, severity, file, line, column, message } = problem;
  const subject = file ?? '*';
  return {
    ...ruleOf(code),
    rule: code,
    severity,
    subject,
    file,
    line,
    column,
    evidence: message,
    saysRemedy,
  };
}

export function ofContextProblem(problem: ContextProblem): Finding {
  const { rule, severity, file, line, column, message } = problem;
  const { remedy } = ruleOf(rule);
  const type = 'ContextConsistency';
  return { type, remedy, rule, severity, subject: file, file, line, column, evidence: message, saysRemedy };
}

/** In the state of the machine: nothing but a bug leads to it. */
export function ofViolation({ invariant, subject, evidence }: Violation): Finding {
  const known: Readonly<Record<string, ViolationType | undefined>> = typeOfInvariant;
  const type = known[invariant as InvariantName] ?? 'AgentCoordination';
  const nowhere = { file: null, line: null, column: null } as const;
  return { type, rule: invariant, severity: 'error', subject, ...nowhere, evidence, remedy: bugRemedy };
}

/** In the log, or between the log and the state. */
export function ofLog(rule: string, subject: string, evidence: string, remedy?: string): Finding {
  const nowhere = { file: null, line: null, column: null } as const;
  const known = ruleOf(rule);
  return {
    ...known,
    remedy: remedy ?? known.remedy,
    rule,
    severity: 'error',
    subject,
    ...nowhere,
    evidence,
  };
}

/** Of a file as a whole. */
export function ofFile(rule: string, file: string, evidence: string): Finding {
  const { type, remedy } = ruleOf(rule);
  return {
    type,
    remedy: /^[\w./@-]+$/.test(file) ? remedy.replaceAll('FILE', file) : remedy,
    rule,
    severity: 'error',
    subject: file,
    file,
    line: null,
    column: null,
    evidence,
  };
}

export const bugRemedy =
  'this is a bug of rhema: report it with `rhema log --export`; `rhema daemon stop` makes the next command rebuild the state from the log';
