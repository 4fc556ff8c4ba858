/**
 * Which thread of the picture a slice is on. An agent that holds one thing, or waits, has one thread by its name; what it does at the
 * same time goes to further ones, each the first that is free, so that slices of one thread never overlap.
 */
import type { AgentId } from '../core/index.ts';
import { processId, sliceMinUs, type NameEvent, type SliceEvent } from './trace-event.ts';

interface Lane {
  readonly tid: number;
  /** Something on it goes on. */
  taken: boolean;
  /** Where the last slice on it ended. */
  freeFromUs: number;
}

/** Threads between two agents in the order of display. */
const lanesShownMax = 1_000;

/** A slice that has begun. */
export interface Begun {
  readonly tid: number;
  readonly fromUs: number;
  /** Tells that it is over. */
  readonly end: (untilUs: number) => Pick<SliceEvent, 'ts' | 'dur'>;
}

export class Tracks {
  readonly #tell: (event: NameEvent) => void;
  readonly #agents = new Map<AgentId | null, Lane[]>();
  #threads = 0;

  constructor(tell: (event: NameEvent) => void) {
    this.#tell = tell;
    tell({ ph: 'M', pid: processId, tid: 0, name: 'process_name', args: { name: 'rhema' } });
  }

  /** The first thread of an agent; of null that of operators and the coordinator itself. */
  of(agent: AgentId | null): number {
    return (this.#lanes(agent)[0] ?? this.#add(agent)).tid;
  }

  begin(agent: AgentId, fromUs: number): Begun {
    const free = this.#lanes(agent).find((lane) => !lane.taken && lane.freeFromUs <= fromUs);
    const lane = free ?? this.#add(agent);
    lane.taken = true;
    return {
      tid: lane.tid,
      fromUs,
      end: (untilUs) => {
        const dur = Math.max(sliceMinUs, untilUs - fromUs);
        lane.taken = false;
        lane.freeFromUs = fromUs + dur;
        return { ts: fromUs, dur };
      },
    };
  }

  #lanes(agent: AgentId | null): Lane[] {
    const known = this.#agents.get(agent);
    if (known !== undefined) return known;
    const lanes: Lane[] = [];
    this.#agents.set(agent, lanes);
    return lanes;
  }

  #add(agent: AgentId | null): Lane {
    const lanes = this.#lanes(agent);
    this.#threads += 1;
    const lane: Lane = { tid: this.#threads, taken: false, freeFromUs: 0 };
    lanes.push(lane);
    const title = agent ?? 'operators and coordinator';
    const place = [...this.#agents.keys()].indexOf(agent) * lanesShownMax + lanes.length;
    const of = { ph: 'M', pid: processId, tid: lane.tid } as const;
    this.#tell({
      ...of,
      name: 'thread_name',
      args: { name: lanes.length === 1 ? title : `${title} (${lanes.length})` },
    });
    this.#tell({ ...of, name: 'thread_sort_index', args: { sort_index: place } });
    return lane;
  }
}
