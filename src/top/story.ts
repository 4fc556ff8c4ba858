import { plainLine, type Line } from './line.ts';
import type { Model } from './model.ts';
import type { Words } from './ports.ts';

/** What is known of one agent or lock, scrolled, in so many lines at most. */
export function shownStory(model: Model, words: Words, room: number): readonly Line[] {
  const { page } = model;
  if (page.kind !== 'story') return [];
  const lines = storyLines(model, words);
  return lines.slice(page.above, page.above + room).map((text) => plainLine(text));
}

function storyLines({ page, size, nowMs }: Model, words: Words): readonly string[] {
  if (page.kind !== 'story') return [];
  return page.answer === null
    ? ['asking the coordinator ...']
    : words.story(page.answer, size.columns, nowMs);
}

/** How far it can be scrolled so that the last line is still seen. */
export function aboveMax(model: Model, words: Words): number {
  return Math.max(0, storyLines(model, words).length - (model.size.rows - linesAround));
}

/** Two at the top, a blank one, the last. */
const linesAround = 4;
