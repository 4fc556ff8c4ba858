/** Which refusals of the core a broken core no longer gives: so that every guard of every command is taken out by one. */
import * as core from '../../../src/core/index.ts';
import { rejectionCodes, type Command, type State } from '../../../src/core/index.ts';
import { actionOf, explore, type Step } from '../../../src/explore/index.ts';
import { codeOf } from '../../support/machine.ts';
import type { Core } from '../core.ts';
import { modelNames, readGolden } from '../golden.ts';
import { modelOf } from '../model.ts';
import { loadSlice, type Slice } from '../slice.ts';
import type { World } from '../world.ts';

/** A command that the core refuses in a state. */
export interface Refusal {
  /** The command's kind and the code, for example `AcquireLock!LOCK_HELD`. */
  readonly name: string;
  readonly state: State;
  readonly command: Command;
}

/** No golden is kept of it. */
const withoutGolden = new Set(['Everything22timed']);

export function modelsWithGolden(): string[] {
  return modelNames().filter((model) => !withoutGolden.has(model));
}

/** By name of a refusal: the model with the smallest graph in which the core gives it. */
export function modelsOfRefusals(): Map<string, string> {
  const graphs = modelsWithGolden().map((model) => ({ model, graph: readGolden(model).graph }));
  const models = new Map<string, string>();
  for (const { model, graph } of graphs.toSorted((a, b) => a.graph.edges - b.graph.edges))
    for (const name of Object.keys(graph.coverage))
      if (isRefusal(name) && !models.has(name)) models.set(name, model);
  return models;
}

const isRefusal = (action: string): boolean => /!(?!UNCHANGED$|REPEATED$)/.test(action);

/** Each is found within so many states, breadth-first. */
const statesMax = 2_000;

/** The first occasion for each refusal in a model, one for each set of arguments. */
export function refusalsIn(modelName: string): Refusal[] {
  const slice = loadSlice(modelName);
  const { initial, actions, canonical } = modelOf(core, slice);
  const found = new Map<string, Refusal>();
  const watched = function* (world: World): Generator<Step<World>> {
    for (const step of actions(world)) {
      if (isRefusal(actionOf(step.label)) && !found.has(step.label))
        found.set(step.label, refusalAt(slice, world, step.label));
      yield step;
    }
  };
  explore({ initial, actions: watched, canonical }, { statesMax });
  return [...found.values()];
}

function refusalAt({ alphabet }: Slice, world: World, label: string): Refusal {
  const act = alphabet.acts.find((each) => label.startsWith(`${each.label}!`));
  const command = act?.command(world) ?? null;
  if (command === null) throw new Error(`${label} cannot be said`);
  return { name: actionOf(label), state: world.state, command };
}

/**
 * Whether a core lets a command past the guard that refuses it: it is accepted, refused for a reason that comes later, or
 * leads to something that cannot even be decided.
 */
export function letsThrough(broken: Pick<Core, 'decide'>, { name, state, command }: Refusal): boolean {
  const place = placeOf(name.slice(name.indexOf('!') + 1));
  try {
    return placeOf(codeOf(broken.decide(state, command))) > place;
  } catch {
    return true;
  }
}

/** In order of precedence; what is accepted comes after every refusal. */
function placeOf(answer: string): number {
  const place = rejectionCodes.findIndex((code) => code === answer);
  return place < 0 ? rejectionCodes.length : place;
}
