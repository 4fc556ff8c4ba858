import { fork, type ChildProcess } from 'node:child_process';
import type { HandOverNews, HandOverOrder } from '../processes/hand-over-agent.ts';
import type { OwnedRepository } from './owned-repository.ts';
import { processFile } from './paths.ts';

/** An agent in a process of its own, with its own connection to the owner. Times are of the clock they all share. */
export class HandOverAgent {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(repository: OwnedRepository, name: string): Promise<HandOverAgent> {
    const child = fork(processFile('hand-over-agent'), [name, JSON.stringify(repository)]);
    const agent = new HandOverAgent(child);
    await agent.#hears('ready');
    return agent;
  }

  async acquire(): Promise<void> {
    this.#say('acquire');
    await this.#hears('holding');
  }

  /** Resolves once it waits; `atMs` then tells when its call has returned with the lock. */
  async queue(): Promise<{ readonly atMs: Promise<number> }> {
    const atMs = this.#hears('granted');
    this.#say('queue');
    await this.#hears('queued');
    return { atMs };
  }

  /** Returns when it sent the release. */
  release(): Promise<number> {
    this.#say('release');
    return this.#hears('released');
  }

  end(): void {
    this.#child.kill();
  }

  #say(order: HandOverOrder): void {
    this.#child.send(order);
  }

  #hears(kind: HandOverNews['kind']): Promise<number> {
    return new Promise((resolve, reject) => {
      const onNews = (news: HandOverNews): void => {
        if (news.kind !== kind) return;
        this.#child.off('message', onNews);
        this.#child.off('exit', onExit);
        resolve(news.atMs);
      };
      const onExit = (): void => reject(new Error(`an agent's process ended before it was ${kind}`));
      this.#child.on('message', onNews);
      this.#child.on('exit', onExit);
    });
  }
}
