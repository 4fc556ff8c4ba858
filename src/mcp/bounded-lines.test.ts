import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedLines } from './bounded-lines.ts';

it('however the bytes are cut, each line is whole, or known to be too long', () => {
  const bytesMax = 20;
  const text = fc.string({ maxLength: 40, unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(text), fc.array(fc.nat({ max: 30 })), (lines, cuts) => {
      const splitter = new BoundedLines(bytesMax);
      let rest = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const found = [];
      for (const cut of cuts) {
        found.push(...splitter.push(rest.subarray(0, cut)));
        rest = rest.subarray(cut);
      }
      found.push(...splitter.push(rest));
      const told = found.map((line) => (line.kind === 'whole' ? line.text : null));
      expect(told).toEqual(lines.map((line) => (Buffer.byteLength(line) > bytesMax ? null : line)));
    }),
  );
});

it('the last line of a stream may lack its end', () => {
  const splitter = new BoundedLines(5);
  expect(splitter.push(Buffer.from('ab\ncd'))).toEqual([{ kind: 'whole', text: 'ab' }]);
  expect(splitter.end()).toEqual([{ kind: 'whole', text: 'cd' }]);
  expect(splitter.end()).toEqual([]);
  splitter.push(Buffer.from('123456'));
  expect(splitter.end()).toEqual([{ kind: 'tooLong', id: null }]);
});

it('a line that is too long costs no memory however long it is', () => {
  const splitter = new BoundedLines(1_000);
  const chunk = Buffer.alloc(100_000, 'x');
  const before = process.memoryUsage().arrayBuffers;
  for (let sent = 0; sent < 1_000; sent += 1) splitter.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  expect(splitter.push(Buffer.from('\n'))).toEqual([{ kind: 'tooLong', id: null }]);
});
