/** How the body of an answer came to its end: all of it was given, or whoever read it went away. */
export type BodyEnd = 'complete' | 'broken';

export const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true;

/** The same answer, whose end is told, once. `end` ends it from here: what is left of it is not given. */
export function attended(
  response: Response,
  onEnd: (how: BodyEnd) => void,
): { readonly response: Response; readonly end: () => void } {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    onEnd('complete');
    return { response, end: () => undefined };
  }
  let isOver = false;
  const over = (how: BodyEnd): void => {
    if (!isOver) onEnd(how);
    isOver = true;
  };
  let close = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      close = () => controller.close();
    },
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      over('complete');
      if (!isEnded) controller.close();
    },
    cancel: async (reason) => {
      over('broken');
      await reader.cancel(reason);
    },
  });
  let isEnded = false;
  const end = (): void => {
    if (isOver) return;
    isEnded = true;
    over('broken');
    close();
    void reader.cancel().catch(() => undefined);
  };
  return { response: new Response(body, response), end };
}
