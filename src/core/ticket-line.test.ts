import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asRevision } from './ids.ts';
import { TicketLine } from './ticket-line.ts';

test('it agrees with a plain sorted list', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 40 })), { maxLength: 120 }), (steps) => {
      const line = new TicketLine();
      let naive: number[] = [];
      for (const [joins, number] of steps) {
        if (joins) line.add(asRevision((naive.at(-1) ?? 0) + 1));
        else line.delete(asRevision(number));
        naive = joins ? [...naive, (naive.at(-1) ?? 0) + 1] : naive.filter((ticket) => ticket !== number);
        expect([...line]).toEqual(naive);
        expect([line.size, line.first]).toEqual([naive.length, naive[0] ?? null]);
      }
      naive.forEach((ticket, place) => {
        expect(line.has(asRevision(ticket))).toBe(true);
        expect(line.before(asRevision(ticket))).toBe(naive[place - 1] ?? null);
        expect(line.after(asRevision(ticket))).toBe(naive[place + 1] ?? null);
      });
    }),
  );
});

test('who has not joined would stand behind everyone', () => {
  const line = new TicketLine();
  line.add(asRevision(3));
  expect(line.before(asRevision(9))).toBe(3);
  expect(line.has(asRevision(9))).toBe(false);
  expect(line.after(asRevision(9))).toBeNull();
});

test('a ticket that joins out of order is a bug', () => {
  const line = new TicketLine();
  line.add(asRevision(3));
  expect(() => line.add(asRevision(2))).toThrow('out of order');
});
