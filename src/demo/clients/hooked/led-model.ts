import { say, type Move, type Script, type ToolResult } from '../script.ts';

/** Its client asks what to do next. */
interface Question {
  readonly results: readonly ToolResult[];
  readonly lastWord: string;
  readonly answer: (move: Move) => void;
}

/** A model that is led from outside: it thinks until it is told what to do, does that, and thinks again. */
export class LedModel {
  #question: Question | null = null;
  #onQuestion: (() => void) | null = null;

  readonly script: Script = (results, lastWord) =>
    new Promise((answer) => {
      this.#question = { results, lastWord, answer };
      this.#onQuestion?.();
    });

  /** Does one thing; answers what its client then says came of it. */
  async does(move: Move): Promise<string> {
    await this.begins(move);
    return (await this.#asked()).results.at(-1)?.text ?? '';
  }

  /** Does one thing, and is not waited for. */
  async begins(move: Move): Promise<void> {
    const { answer } = await this.#asked();
    this.#question = null;
    answer(move);
  }

  /** Ends its turn. */
  stops(): Promise<void> {
    return this.begins(say('done'));
  }

  /** Its client asks it, though its turn was over. Answers what it is told. */
  async wakes(): Promise<string> {
    return (await this.#asked()).lastWord;
  }

  #asked(): Promise<Question> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#question !== null) resolve(this.#question);
      };
      this.#onQuestion = check;
      check();
    });
  }
}
