import { holdFaults, replayFaults } from '../../verdict.ts';
import type { Duet } from './duet.ts';
import type { HookedClient } from './hooked-clients.ts';
import type { HookedAgent, HookedPlayer } from './hooked-agent.ts';
import {
  checkupFaults,
  deathFaults,
  pushFaults,
  refusalFaults,
  restartFaults,
  staleFaults,
  turnFaults,
  waitingLine,
  type Refusal,
} from './verdict.ts';
import { draft, mail, page, unjudged } from './workshop.ts';

/** What was played, and what became of it. */
export interface Scene {
  readonly told: string;
  /** False: it cannot be played with these clients; what is told says why. */
  readonly isPlayed: boolean;
  readonly faults: readonly string[];
}

/** The line that the files have, as it is after so many edits. */
const line = (file: string, edits: number): string =>
  `export const ${file === page ? 'page' : file === mail ? 'mail' : 'draft'} = ${edits};`;

/**
 * Two agents come to want the same files, one after the other, and neither ever asks rhema for anything. Each scene stands on
 * those before it. An agent reads a file before each edit, since clients refuse by themselves what was not read.
 */
export class Scenes {
  readonly #duet: Duet;
  readonly #first: HookedPlayer;
  #holder: HookedAgent;
  readonly #other: HookedAgent;
  #holderName = '';
  #otherName = '';

  constructor(duet: Duet, first: HookedPlayer, second: HookedPlayer) {
    this.#duet = duet;
    this.#first = first;
    this.#holder = duet.enter('first', first);
    this.#other = duet.enter('second', second);
  }

  async *play(): AsyncGenerator<Scene> {
    await this.#change(this.#holder, page, 1);
    this.#holderName = await this.#duet.holderOf(page);
    yield await this.#edit();
    yield await this.#shell();
    yield await this.#turn();
    yield await this.#staleRead();
    yield await this.#death();
    yield await this.#restart();
    yield this.#other.client.gitHooks ? await this.#push() : this.#noPush();
    await this.#leave();
    if (this.#other.client.hooks !== null) yield this.#checkup(this.#other.client.hooks);
    yield this.#judgeLog();
  }

  async #edit(): Promise<Scene> {
    await this.#other.reads(page);
    const refusal = await this.#refused(() => this.#other.edits(page, line(page, 2), line(page, 3)));
    return {
      isPlayed: true,
      told: `${this.#other.title} edits ${page}, which ${this.#holderName} has: refused, ${shown(refusal.told)}`,
      faults: refusalFaults(refusal),
    };
  }

  async #shell(): Promise<Scene> {
    const commands = [`echo '// more' >> ${page}`, `sed -i s/page/side/ ${page}`];
    const refusals: Refusal[] = [];
    for (const command of commands) refusals.push(await this.#refused(() => this.#other.runs(command)));
    return {
      isPlayed: true,
      told: `it tries ${commands.join(', and ')}: refused both times, the file is as it was`,
      faults: refusals.flatMap(refusalFaults),
    };
  }

  async #turn(): Promise<Scene> {
    const [entriesBefore, before] = [this.#duet.entries.length, this.#duet.events.length];
    const turn = this.#waits(page, await this.#refusedText(page, 2));
    this.#otherName = await beforeEnd(turn, this.#duet.waiterFor(page, before));
    await this.#commits(this.#holder, page);
    const told = await turn;
    await this.#change(this.#other, page, 2);
    await this.#commits(this.#other, page);
    const { workshop, entries } = this.#duet;
    const { waits, gitHooks, title } = this.#other.client;
    const trailers = gitHooks ? workshop.git('log', '-1', '--format=%(trailers)') : null;
    const faults = turnFaults({
      file: page,
      agent: this.#otherName,
      entries: entries.slice(entriesBefore),
      told,
      wanted: line(page, 3),
      committed: workshop.git('show', `HEAD:${page}`),
      trailers,
    });
    const shownTrailers =
      trailers?.split('\n').join(', ') ?? `no trailers, since ${title} runs Git without hooks`;
    const way = waits === 'woken' ? 'stops, and is woken' : 'waits by the command it was told';
    return {
      isPlayed: true,
      told: `it ${way} when ${this.#holderName} has committed; it edits and commits: ${shownTrailers}`,
      faults,
    };
  }

  async #staleRead(): Promise<Scene> {
    const { workshop } = this.#duet;
    const before = workshop.read(page);
    const told = await this.#overwrites(page, 3);
    const between = workshop.read(page);
    await this.#holder.reads(page);
    await this.#overwrites(page, 3);
    const facts = { file: page, before, between, after: workshop.read(page), wanted: line(page, 4), told };
    return {
      isPlayed: true,
      told: `${this.#holder.title} edits ${page} as it had read it before: refused once, ${shown(told)}; reads it again, and edits it`,
      faults: staleFaults(facts),
    };
  }

  async #death(): Promise<Scene> {
    const { workshop } = this.#duet;
    await this.#change(this.#holder, mail, 1);
    await this.#holder.reads(draft);
    const before = this.#duet.events.length;
    const turn = this.#waits(mail, await this.#refusedText(mail, 2));
    await beforeEnd(turn, this.#duet.waiterFor(mail, before));
    await this.#holder.beginsToEdit(draft, line(draft, 1), line(draft, 2));
    await this.#duet.holderOf(draft);
    this.#holder.kill();
    const end = await this.#holder.ended;
    const killedAt = performance.now();
    await turn;
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
    await this.#change(this.#other, mail, 2);
    await this.#commits(this.#other, mail);
    const [dead, heir] = [this.#holderName, this.#otherName];
    const { events } = this.#duet;
    const facts = { file: mail, dead, heir, end, events, after: workshop.read(mail), wanted: line(mail, 3) };
    return {
      isPlayed: true,
      told: `${this.#holder.title} is killed while it edits ${draft}: ${heir}, which waits for ${mail}, has it ${seconds} s later`,
      faults: deathFaults(facts),
    };
  }

  async #restart(): Promise<Scene> {
    this.#holder = this.#duet.enter('third', this.#first);
    await this.#change(this.#holder, page, 4);
    this.#holderName = await this.#duet.holderOf(page, [this.#holderName, this.#otherName]);
    await this.#other.reads(page);
    const found: Refusal[] = [];
    const { killed, next } = await this.#duet.withoutCoordinator(async () => {
      found.push(await this.#refused(() => this.#other.edits(page, line(page, 5), line(page, 6))));
    });
    return {
      isPlayed: true,
      told: `the coordinator (process ${killed}) is killed: the next edit of ${page} starts process ${next}, and is refused`,
      faults: found.flatMap((refusal) => restartFaults({ killed, next, refusal })),
    };
  }

  async #push(): Promise<Scene> {
    const { workshop } = this.#duet;
    const pushedBefore = workshop.pushed();
    const told = await this.#other.runs(`sh ${unjudged}`);
    const facts = {
      file: page,
      holder: this.#holderName,
      told,
      subject: workshop.git('log', '-1', '--format=%s'),
      pushedBefore,
      pushedAfter: workshop.pushed(),
    };
    return {
      isPlayed: true,
      told: `a script of ${this.#other.title} commits ${page} with --no-verify: the push is refused, since ${this.#holderName} has it`,
      faults: pushFaults(facts),
    };
  }

  #noPush(): Scene {
    const told = `a commit with --no-verify, and its push: ${this.#other.title} runs Git without hooks`;
    return { told, isPlayed: false, faults: [] };
  }

  /** Their turns end, the holder's first: the other one may be woken once more for what it was refused last. */
  async #leave(): Promise<void> {
    await this.#holder.stops();
    await this.#holder.ended;
    let isOver = false;
    void this.#other.ended.then(() => (isOver = true));
    while (!isOver) {
      await this.#other.stops();
      await Promise.race([this.#other.ended, this.#other.wakes()]);
    }
  }

  #checkup({ file, beforeEdit: hook }: NonNullable<HookedClient['hooks']>): Scene {
    const { workshop } = this.#duet;
    const { title } = this.#other.client;
    const text = workshop.read(file);
    const { hooks, ...rest } = JSON.parse(text) as { hooks: Record<string, unknown> };
    const left = Object.fromEntries(Object.entries(hooks).filter(([event]) => event !== hook));
    workshop.write(file, JSON.stringify({ ...rest, hooks: left }, null, 2));
    const without = workshop.rhema('doctor');
    workshop.write(file, text);
    const mended = workshop.rhema('doctor');
    return {
      isPlayed: true,
      told: `${hook} is taken out of ${file}: rhema doctor ends with ${without.code}; put back: with ${mended.code}`,
      faults: checkupFaults({ title, hook, without, with: mended }),
    };
  }

  #judgeLog(): Scene {
    const { entries } = this.#duet;
    return {
      isPlayed: true,
      told: `${entries.length} commands in the log, every invariant at every revision`,
      faults: [...replayFaults(entries), ...holdFaults(entries)],
    };
  }

  /** Reads a file, and edits its line once more. */
  async #change(agent: HookedAgent, file: string, edits: number): Promise<void> {
    await agent.reads(file);
    await agent.edits(file, line(file, edits), line(file, edits + 1));
  }

  /** Writes without reading first, by a way on which the client itself does not look. */
  #overwrites(file: string, edits: number): Promise<string> {
    if (this.#holder.client.looksItself)
      return this.#holder.runs(`sed -i 's/${line(file, edits)}/${line(file, edits + 1)}/' ${file}`);
    return this.#holder.edits(file, line(file, edits), line(file, edits + 1));
  }

  async #commits(agent: HookedAgent, file: string): Promise<void> {
    await agent.runs(`git commit -q -m 'change ${file}' -- ${file}`);
  }

  async #refusedText(file: string, edits: number): Promise<string> {
    await this.#other.reads(file);
    return this.#other.edits(file, line(file, edits), line(file, edits + 1));
  }

  /** Until it is its turn; answers what its model is sent then. */
  async #waits(file: string, told: string): Promise<string> {
    if (this.#other.client.waits === 'woken') {
      await this.#other.stops();
      return this.#other.wakes();
    }
    const command = waitingLine(told);
    if (command === null) throw new Error(`it was not told how to wait for ${file}: ${told}`);
    return this.#other.runs(command);
  }

  async #refused(act: () => Promise<string>): Promise<Refusal> {
    const { workshop } = this.#duet;
    const before = workshop.read(page);
    const told = await act();
    return { file: page, holder: this.#holderName, before, after: workshop.read(page), told };
  }
}

/** The first line that is ours of what a model was sent. */
const shown = (told: string): string => `"${/rhema: (.*)/.exec(told)?.[1] ?? told}"`;

/** What comes about while somebody waits for its turn; fails with the waiting, and when that was over before. */
function beforeEnd<T>(turn: Promise<string>, comesAbout: Promise<T>): Promise<T> {
  const isOver = turn.then((told) => {
    throw new Error(`nobody waited, and yet it went on: ${told}`);
  });
  return Promise.race([comesAbout, isOver]);
}
