/**
 * Events of the trace event format (JSON), as Perfetto and chrome://tracing read it. Times are in microseconds. Slices (`X`) of one
 * thread may nest, and must not overlap otherwise; Perfetto drops what does. A flow (`s`, `f`) binds to the slice that encloses it,
 * so it begins a little before the end of one and ends a little after the beginning of the other.
 */
export type TraceEvent = SliceEvent | InstantEvent | FlowEvent | NameEvent;

interface OnThread {
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly name: string;
  readonly cat: string;
}

type Args = Readonly<Record<string, unknown>>;

export interface SliceEvent extends OnThread {
  readonly ph: 'X';
  readonly dur: number;
  readonly args: Args;
}

export interface InstantEvent extends OnThread {
  readonly ph: 'i';
  /** Of its thread. */
  readonly s: 't';
  readonly args: Args;
}

export type FlowEvent = OnThread &
  ({ readonly ph: 's'; readonly id: number } | { readonly ph: 'f'; readonly bp: 'e'; readonly id: number });

/** Names and order of the tracks. */
export interface NameEvent {
  readonly ph: 'M';
  readonly pid: number;
  readonly tid: number;
  readonly name: 'process_name' | 'thread_name' | 'thread_sort_index';
  readonly args: Args;
}

export const processId = 1;

/** No slice is shorter, so that a flow fits into each. */
export const sliceMinUs = 10;
