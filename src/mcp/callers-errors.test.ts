import { expect, it } from 'vitest';
import { z } from 'zod';
import { withCallersErrors } from './callers-errors.ts';

const failed = (code: number, message: string) =>
  ({ jsonrpc: '2.0', id: 1, error: { code, message } }) as const;

/** What the schema library says of these parameters. */
function complaint(params: unknown): string {
  const schema = z.object({ params: z.object({ uri: z.string(), depth: z.number().max(3).optional() }) });
  return schema.safeParse({ params }).error?.message ?? '';
}

it.each([
  [{ uri: 5 }, 'params.uri: 5 is a number: write text'],
  [{}, 'params.uri: it is missing: write text'],
  [{ uri: [], depth: 9 }, 'params.uri: [] is a list: write text; params.depth: 9 is too much: at most 3'],
])('parameters of the wrong kind are the error of who wrote them: %j', (params, message) => {
  const { error } = withCallersErrors(failed(-32603, complaint(params)), params) as { error: object };
  expect(error).toEqual({ code: -32602, message });
});

it('keeps what stands before the list of a schema', () => {
  const message = `Invalid tools/call request: ${complaint({})}`;
  expect(withCallersErrors(failed(-32602, message), {})).toMatchObject({
    error: { message: 'Invalid tools/call request: params.uri: it is missing: write text' },
  });
});

it.each(['it broke', '[]', '[1]', '[{"path":["elsewhere"],"message":"x"}]', 'Not [found]'])(
  'leaves every other error as it is: %s',
  (message) => {
    const said = failed(-32603, message);
    expect(withCallersErrors(said, {})).toBe(said);
  },
);
