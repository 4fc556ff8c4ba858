/**
 * The work of the past in a model, drawn by chance from a seed so that it is no easier to share out than the history that the model was
 * measured on. A commit
 *
 * - is as large as those are: sizes are drawn between the quantiles;
 * - goes on, with some probability, with files of one of the three before it, as people do who have not finished;
 * - changes the files that many commits change, each as often as measured;
 * - takes the rest from one area, code with its test, where areas and units are the less likely the later they come, and areas the more
 *   likely the larger they are.
 *
 * How steeply they become less likely, and how often work goes on, is not chosen: both are raised until as many commits change a file
 * that an earlier one changed, and one that the one right before them changed, as measured. These two decide how often several agents
 * would have met. What needs no lock (lockfile, changelog, notes on changes) is written beside it, and bots write as well.
 */
import { execFileSync } from 'node:child_process';
import { Random } from '../../../sim/random.ts';
import { numbered, type Measured, type Model } from './model.ts';

export interface Commit {
  readonly author: string;
  /** Changed or made. */
  readonly files: readonly string[];
}

/** By people; those of bots come on top. */
const commitsOfPeople = 300;
const botEach = 12;

export function historyOf(model: Model, seed: number): Commit[] {
  const [next, , later] = model.measured.overlap;
  let commits: Commit[] = [];
  for (let steepness = 0; steepness < 3; steepness += 0.1) {
    let goingOn = 0;
    do commits = drawn(model, seed, { steepness, goingOn: (goingOn += 0.02) });
    while (overlapsOf(model, commits).next < next && goingOn < 0.6);
    if (overlapsOf(model, commits).later >= later) break;
  }
  return commits;
}

interface Chances {
  readonly steepness: number;
  readonly goingOn: number;
}

function drawn(model: Model, seed: number, chances: Chances): Commit[] {
  const draw = new Draw(model, new Random(seed), chances);
  const commits: Commit[] = [];
  for (let index = 0; index < commitsOfPeople; index += 1) {
    if (index % botEach === 0) commits.push(draw.byBot());
    commits.push(draw.byPerson());
  }
  return commits;
}

class Draw {
  readonly #model: Model;
  readonly #random: Random;
  readonly #chances: Chances;
  /** What the last three changed, the latest first. */
  #before: readonly (readonly string[])[] = [];
  #notes = 0;

  constructor(model: Model, random: Random, chances: Chances) {
    this.#model = model;
    this.#random = random;
    this.#chances = chances;
  }

  byBot(): Commit {
    return { author: 'renovate[bot]', files: Object.keys(this.#model.recorded) };
  }

  byPerson(): Commit {
    const { measured, notes } = this.#model;
    const size = sizeAt(measured.sizes, this.#random.next());
    const isTested = size > 1 && this.#random.happens(measured.tested / 100 / shareOfMany(measured.sizes));
    const files = new Set([...this.#goneOnWith(size), ...this.#likely(this.#model.shared)]);
    this.#fill(files, size, isTested);
    this.#before = [[...files], ...this.#before.slice(0, 2)];
    const beside = this.#likely(this.#model.recorded);
    if (notes !== undefined && this.#random.happens(notes.share / 100))
      beside.push(`${notes.folder}/change-${(this.#notes += 1)}${notes.ending}`);
    return { author: this.#author(), files: [...files, ...beside] };
  }

  #author(): string {
    const isLeader = this.#random.happens(this.#model.measured.leader / 100);
    return isLeader ? 'ann' : `person${this.#random.between(1, 20)}`;
  }

  /** Half of what one of the last three changed, the less likely the longer ago it is. */
  #goneOnWith(size: number): string[] {
    const earlier = this.#before.find((_, index) => this.#random.happens(this.#chances.goingOn / 2 ** index));
    return earlier === undefined
      ? []
      : this.#random.some(earlier, Math.min(size, Math.ceil(earlier.length / 2)));
  }

  #likely(shares: Readonly<Record<string, number>>): string[] {
    return Object.keys(shares).filter((file) => this.#random.happens((shares[file] ?? 0) / 100));
  }

  /** From one area, and from others only where that is not enough. */
  #fill(files: Set<string>, size: number, isTested: boolean): void {
    for (let areas = [...this.#model.areas]; files.size < size && areas.length > 0;) {
      const area = this.#pick(areas, ({ length }) => length);
      areas = areas.filter((one) => one !== area);
      for (let units = [...area]; files.size < size && units.length > 0;) {
        const unit = this.#pick(units);
        units = units.filter((one) => one !== unit);
        files.add(unit.code);
        if (isTested && unit.test !== null && files.size < size) files.add(unit.test);
      }
    }
  }

  #pick<T>(values: readonly T[], sizeOf: (value: T) => number = () => 1): T {
    const weights = values.map((value, index) => sizeOf(value) * (index + 1) ** -this.#chances.steepness);
    const lot = this.#random.next() * weights.reduce((sum, one) => sum + one, 0);
    let passed = 0;
    const found = values.find((_, index) => (passed += weights[index] ?? 0) > lot) ?? values.at(-1);
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

/** The part of the commits that change more than one file, 0 to 1. */
function shareOfMany(sizes: Measured['sizes']): number {
  const at = numbered(100, (index) => sizeAt(sizes, index / 100));
  return at.filter((size) => size > 1).length / at.length;
}

function sizeAt(sizes: Measured['sizes'], at: number): number {
  const points = [
    [0, 1],
    ...sizes.map((size, index) => [[0.25, 0.5, 0.75, 0.9, 0.99][index], size]),
    [1, sizes[4]],
  ];
  const index = points.findIndex(([share = 0]) => share >= at);
  const [[fromShare = 0, from = 1] = [], [toShare = 1, to = 1] = []] = points.slice(Math.max(0, index - 1));
  return Math.round(from + ((to - from) * (at - fromShare)) / Math.max(toShare - fromShare, 0.01));
}

/** See `Measured.overlap`. */
export function overlapsOf(
  model: Model,
  commits: readonly Commit[],
): { readonly next: number; readonly later: number } {
  const changed = workOf(model, commits).map((files) => new Set(files));
  const share = (lag: number): number => {
    const meeting = changed.filter((files, index) =>
      [...files].some((file) => changed[index - lag]?.has(file)),
    );
    return (100 * meeting.length) / changed.length;
  };
  return { next: share(1), later: (share(4) + share(5) + share(6)) / 3 };
}

/** What people changed that needs a lock, commit by commit. */
export function workOf({ recorded, notes }: Model, commits: readonly Commit[]): string[][] {
  const isNote = (file: string): boolean => notes !== undefined && file.startsWith(`${notes.folder}/`);
  return commits
    .filter(({ author }) => !author.endsWith('[bot]'))
    .map(({ files }) => files.filter((file) => recorded[file] === undefined && !isNote(file)));
}

/** Makes all of it in an empty repository, and checks it out. */
export function importHistory(root: string, { files, name }: Model, commits: readonly Commit[]): void {
  const stream = new Stream();
  stream.commit('ann', `begin ${name}`, files);
  const breaks = new Map<string, number>();
  for (const { author, files: changed } of commits) {
    // Another line end is a change in every language, and means the same in all of them.
    const texts = changed.map((file): [string, string] => {
      const count = ((breaks.get(file) ?? 0) + 1) % 2;
      breaks.set(file, count);
      return [file, `${files.get(file) ?? 'What was changed.\n'}${'\n'.repeat(count)}`];
    });
    stream.commit(author, 'change', new Map(texts));
  }
  const git = (args: readonly string[], input = ''): void => {
    execFileSync('git', args, { cwd: root, input, stdio: ['pipe', 'ignore', 'pipe'] });
  };
  git(['fast-import', '--quiet', '--force'], stream.text());
  git(['reset', '--quiet', '--hard', 'refs/heads/main']);
}

/** In the words of `git fast-import`. */
class Stream {
  readonly #parts: string[] = [];
  #atSeconds = 1_700_000_000;

  commit(author: string, message: string, files: ReadonlyMap<string, string>): void {
    this.#atSeconds += 3 * 3_600;
    const who = `${author} <${author}@example.org> ${this.#atSeconds} +0000`;
    this.#parts.push(`commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data(message)}`);
    for (const [file, text] of files) this.#parts.push(`M 100644 inline ${file}\n${data(text)}`);
  }

  text(): string {
    return this.#parts.join('');
  }
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
