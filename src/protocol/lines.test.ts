import { describe, expect, it } from 'vitest';
import { LineBatch, LineSplitter, LineTooLongError } from './lines.ts';

const split = (chunks: readonly Buffer[], max = 1_000): string[] => {
  const splitter = new LineSplitter(max);
  return chunks.flatMap((chunk) => splitter.push(chunk));
};

describe('LineSplitter', () => {
  const text = 'plain\nπ ≠ 3\n\n🙂 four bytes\n';

  it.each([1, 2, 3, 5, 7, 100])('cuts the same lines from chunks of %d bytes', (size) => {
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(split(chunks)).toEqual(['plain', 'π ≠ 3', '', '🙂 four bytes']);
  });

  it('keeps an incomplete line back', () => {
    expect(split([Buffer.from('one\ntw')])).toEqual(['one']);
  });

  it('accepts a line of exactly the bound, in one chunk or several', () => {
    expect(split([Buffer.from('12345\n')], 5)).toEqual(['12345']);
    expect(split([Buffer.from('123'), Buffer.from('45\n')], 5)).toEqual(['12345']);
  });

  it.each([
    ['in one chunk', ['123456\n']],
    ['over two chunks', ['123', '456\n']],
    ['without an end', ['123', '456']],
    ['counted in bytes', ['πππ\n']],
  ])('refuses a longer line %s', (_, chunks) => {
    expect(() =>
      split(
        chunks.map((chunk) => Buffer.from(chunk)),
        5,
      ),
    ).toThrow(LineTooLongError);
  });
});

describe('LineBatch', () => {
  it('writes what is added in one turn at once, at its end', async () => {
    const writes: string[] = [];
    const batch = new LineBatch((chunk) => writes.push(chunk));
    batch.add({ id: 1 });
    await Promise.resolve();
    batch.add({ id: 2 });
    expect(writes).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    batch.add({ id: 3 });
    batch.flush();
    expect(writes).toEqual(['{"id":1}\n{"id":2}\n', '{"id":3}\n']);
  });

  it('does not gather without bound', () => {
    const writes: string[] = [];
    const batch = new LineBatch((chunk) => writes.push(chunk));
    for (let index = 0; index < 100; index += 1) batch.addLine('x'.repeat(1_000));
    expect(writes).toHaveLength(1);
  });
});
