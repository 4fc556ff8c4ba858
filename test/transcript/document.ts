const begin = '<!-- transcript: npm run transcript -->';
const end = '<!-- /transcript -->';

/** A document with the transcript between its two marks replaced. Throws when the marks are missing. */
export function withTranscript(document: string, transcript: string): string {
  const [before, after] = around(document);
  return `${before}${begin}\n\n\`\`\`text\n${transcript}\n\`\`\`\n\n${end}${after}`;
}

export function transcriptIn(document: string): string {
  const [before, after] = around(document);
  const block = document.slice(before.length + begin.length, document.length - after.length - end.length);
  return /```text\n([^]*?)\n```/.exec(block)?.[1] ?? '';
}

function around(document: string): [before: string, after: string] {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} ... ${end}`);
  return [document.slice(0, from), document.slice(to + end.length)];
}

/** What differs from run to run: numbers that grow, times and durations, and the width of columns that hold them. */
export function shapeOf(transcript: string): string {
  return transcript
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/[\d.]+ (s|min|h)\b( \d+ (s|min)\b)?/g, 'DURATION')
    .replaceAll(/\d+/g, 'N')
    .replaceAll(/ {2,}/g, '  ')
    .replaceAll(/-{2,}|─+/g, '--');
}
