/** The repository that commands are tried on, and a person who is asked by them. */
import type { Answer, Questions } from '../../src/cli/process/ports.ts';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { json } from './support.ts';

/** A person who answers from a list, and what he was asked. */
export class Person implements Questions {
  readonly asked: string[] = [];
  readonly #answers: (string | boolean | null)[];

  constructor(...answers: readonly (string | boolean | null)[]) {
    this.#answers = [...answers];
  }

  secret(): Promise<string | null> {
    throw new Error('nobody is asked for a secret here');
  }

  async confirm(message: string): Promise<boolean | null> {
    this.asked.push(message);
    return this.#next() as boolean | null;
  }

  async select<T extends string>(message: string, options: readonly Answer<T>[]): Promise<T | null> {
    this.asked.push(`${message} ${options.map(({ label }) => label).join(' | ')}`);
    return this.#next() as T | null;
  }

  #next(): string | boolean | null {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`one question too many: ${this.asked.at(-1)}`);
    return answer;
  }
}

/** The package.json of a package. */
export const manifest = (
  name: string,
  dependencies: Record<string, string> = {},
  more: object = {},
): string => json({ name, dependencies, ...more });

/** A web application on two libraries, which depend on each other. */
export function makeAcme(): string {
  return makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['packages/*', 'apps/*'] }),
    'apps/web/package.json': manifest('web', { ui: '*' }),
    'packages/ui/package.json': manifest('ui', { core: '*' }),
    'packages/core/package.json': manifest('core', {}, { devDependencies: { ui: '*' } }),
  });
}
