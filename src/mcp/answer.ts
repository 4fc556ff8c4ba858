import type { ScopePath } from '../core/index.ts';

/** What a tool answers: text that says everything, and the few facts that a program may want. */
export interface ToolAnswer {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Whether the model should see it as something that did not work. */
  readonly isError: boolean;
  /** The scope of which the text says who has it. */
  readonly holderOf?: ScopePath;
}

export function told(text: string, facts: ToolAnswer['facts']): ToolAnswer {
  return { text, facts, isError: false };
}

/** Something was refused or failed: the code first, then what and who, then what to do next. */
export function refused(
  code: string,
  message: string,
  next: string | null,
  facts: ToolAnswer['facts'] = {},
): ToolAnswer {
  const advice = next === null ? '' : `\nNext: ${next}`;
  return { text: `${code}: ${message}${advice}`, facts: { code, ...facts }, isError: true };
}
