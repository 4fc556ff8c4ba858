/** Walks a path of the core's graph through a public interface, and compares after each step. */
import { isDeepStrictEqual } from 'node:util';
import type { AgentId, Command, ScopePath } from '../../src/core/index.ts';
import type { CoverPath } from '../../src/explore/index.ts';
import { agentId } from '../support/machine.ts';
import type { World } from '../spec/world.ts';
import type { Answer, Face, FaultName, Shown } from './face.ts';
import { contradiction, irregularity } from './facts.ts';
import { split, type Route } from './route.ts';
import type { Stage } from './stage.ts';
import { asShown, clientsIn, worldOf } from './visible.ts';
import { canonicalText } from '../spec/canonical.ts';

/** Where a face first showed something else than the core's graph says. */
export interface Difference {
  /** Steps taken, the one with the difference included; 0: already the beginning differs. */
  readonly step: number;
  /** What was said up to there, as one would type or send it. */
  readonly said: readonly string[];
  readonly expected: string;
  readonly seen: string;
}

/** Null when face and graph agree all the way. */
export async function walk(
  route: Route,
  stage: Stage,
  face: Face,
  path: CoverPath,
): Promise<Difference | null> {
  const walker = new Walker(route, stage, face);
  await walker.begin();
  return walker.walk(path);
}

/** What is shown, and the same as a state of the core. */
interface View {
  readonly shown: Shown;
  readonly world: World;
}

/** What came of one step, besides the state. */
interface Outcome {
  /** As in a label: a code, `UNCHANGED`, `REPEATED`; null: something happened. */
  readonly name: string | null;
  /** What the interface said that cannot be; null when there is nothing of the kind. */
  readonly fault: string | null;
}

/** What the graph says that comes of a step. */
interface Expected {
  readonly name: Outcome['name'];
  readonly state: string;
}

class Walker {
  readonly #route: Route;
  readonly #stage: Stage;
  readonly #face: Face;
  readonly #said: string[] = [];

  constructor(route: Route, stage: Stage, face: Face) {
    this.#route = route;
    this.#stage = stage;
    this.#face = face;
  }

  /** What has been said before the exploration starts is said here, too. */
  async begin(): Promise<void> {
    for (const act of this.#route.slice.alphabet.prelude) {
      const { world } = await this.#look(this.#route.initial);
      const command = act.command(world);
      if (command === null) throw new Error(`${act.label} cannot be said`);
      const { code } = await this.#perform(command);
      if (code !== null) throw new Error(`${act.label} is refused with ${code}`);
    }
  }

  async walk({ initial, steps }: CoverPath): Promise<Difference | null> {
    let view = await this.#look(initial);
    const atFirst = this.#compare(0, { name: null, fault: null }, { name: null, state: initial }, view);
    if (atFirst !== null) return atFirst;
    for (const [index, { label, target }] of steps.entries()) {
      const before = view;
      const taken = await this.#take(label, { ...before.world, nowMs: this.#stage.nowMs });
      view = await this.#look(target);
      const outcome = await this.#outcomeOf(taken, before.shown, view, target);
      const found = this.#compare(index + 1, outcome, { name: split(label).outcome, state: target }, view);
      if (found !== null) return found;
    }
    return null;
  }

  async #look(expected: string): Promise<View> {
    const { constants } = this.#route.slice;
    const shown = await this.#face.look();
    const environment = { clients: clientsIn(expected, constants), nowMs: this.#stage.nowMs };
    return { shown, world: worldOf(constants, shown, environment) };
  }

  // One step.

  /** The command and its answer; null where nobody says anything. */
  async #take(label: string, world: World): Promise<Taken | null> {
    const { act } = split(label);
    const fault = /^(Crash|Partition|Heal)\((\w+)\)$/.exec(act);
    if (fault !== null) return this.#environment(act, () => this.#befall(fault));
    if (act === 'Tick') return this.#environment(act, () => this.#stage.passUnit());
    if (act === 'ExpireDue') return this.#environment(act, () => this.#stage.ring());
    if (act.startsWith('TakeOver(')) return this.#environment(act, () => this.#stage.boot());
    const command = this.#route.acts.get(act)?.command(world) ?? null;
    if (command === null) throw new Error(`${act} cannot be said in this state`);
    return { command, answer: await this.#perform(command) };
  }

  async #environment(act: string, happen: () => void | Promise<void>): Promise<null> {
    this.#said.push(`# ${act}`);
    await happen();
    return null;
  }

  #befall([, name, agent = '']: RegExpExecArray): Promise<void> {
    return this.#face.befall(name as FaultName, agentId(agent));
  }

  #perform(command: Command): Promise<Answer> {
    this.#said.push(this.#face.inWords(command));
    return this.#face.perform(command);
  }

  // What came of it.

  async #outcomeOf(taken: Taken | null, before: Shown, view: View, expected: string): Promise<Outcome> {
    const { shown, world } = view;
    // While another state is shown than expected, a wait that seems over may never end.
    const inWaits = this.#isShown(expected, view) ? await this.#faultInWaits(before, shown) : null;
    const fault = inWaits ?? irregularity(before, shown);
    if (taken === null) return { name: null, fault };
    const { command, answer } = taken;
    if (answer.code !== null) return { name: answer.code, fault: fault ?? misdated(answer, shown) };
    const repeated = before.requests.find(
      ({ requestId }) => requestId !== null && requestId === command.requestId,
    );
    if (repeated !== undefined)
      return {
        name: 'REPEATED',
        fault: isDeepStrictEqual(answer.told, repeated.result) ? fault : 'another answer',
      };
    const name = world.state.revision > before.status.revision ? null : 'UNCHANGED';
    return { name, fault: fault ?? misdated(answer, shown) ?? contradiction(answer.told, shown) };
  }

  /** Whoever waits is told how it ended as soon as the ticket has gone, and told what is shown. */
  async #faultInWaits(before: Shown, after: Shown): Promise<string | null> {
    for (const wait of this.#face.waits) {
      const { agent, end } = wait;
      if (after.status.waiters.some((waiter) => waiter.agent === agent)) continue;
      this.#face.waits.delete(wait);
      const { isGranted, told } = await withPatience(end(), agent);
      const found =
        isGranted === isServed(before, after, agent) ? contradiction(told, after) : 'the contrary is shown';
      if (found !== null)
        return `${agent} is told that its wait ${isGranted ? 'succeeded' : 'was in vain'}: ${found}`;
    }
    return null;
  }

  #isShown(expected: string, view: View): boolean {
    return this.#shownText(view) === asShown(expected, this.#route.slice.constants);
  }

  #shownText({ world }: View): string {
    const { slice } = this.#route;
    return asShown(canonicalText(slice, world), slice.constants);
  }

  #compare(step: number, { name, fault }: Outcome, expected: Expected, view: View): Difference | null {
    if (name === expected.name && fault === null && this.#isShown(expected.state, view)) return null;
    const seen = `${name ?? 'accepted'}, ${this.#shownText(view)}`;
    return {
      step,
      said: this.#said,
      expected: `${expected.name ?? 'accepted'}, ${asShown(expected.state, this.#route.slice.constants)}`,
      seen: fault === null ? seen : `${seen} (${fault})`,
    };
  }
}

/** Whether an agent that waited holds now what its ticket was for. */
function isServed({ status: { waiters } }: Shown, { status: { locks } }: Shown, agent: AgentId): boolean {
  const ticket = waiters.find((waiter) => waiter.agent === agent);
  const holds = (scope: ScopePath): boolean =>
    locks.some((lock) => lock.scope === scope && lock.agent === agent);
  return ticket?.scopes.every(holds) ?? false;
}

interface Taken {
  readonly command: Command;
  readonly answer: Answer;
}

/** Every answer says at which revision it was decided: the one that is shown right after it. */
function misdated({ revision }: Answer, { status }: Shown): string | null {
  return revision === null || revision === status.revision
    ? null
    : `answered at revision ${revision}, but ${status.revision} is shown`;
}

/** In real time: who waits is told at once, unless something is wrong. */
const patienceMs = 10_000;

async function withPatience<T>(answer: Promise<T>, agent: AgentId): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${agent} is not told how its wait ended`)), patienceMs);
  });
  try {
    return await Promise.race([answer, end]);
  } finally {
    clearTimeout(timer);
  }
}
