/** Keys of one section, in lower case, with the lines of their values. */
type Section = ReadonlyMap<string, readonly string[]>;

/**
 * The sections of a file like setup.cfg, as Python's configparser has them: a line that is indented continues the value
 * above it. A line that is nothing of all that says nothing.
 */
export function readSections(text: string): Map<string, Section> {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | null = null;
  let value: string[] | null = null;
  for (const line of text.split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const name = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string[]>();
      sections.set(name, section);
      value = null;
    } else if (/^\s/.test(line)) value?.push(content);
    else value = begin(section, content);
  }
  return sections;
}

/** `key = value` or `key: value`; the value may begin on the next line. */
function begin(section: Map<string, string[]> | null, content: string): string[] | null {
  const end = content.search(/[=:]/);
  if (section === null || end <= 0) return null;
  const first = content.slice(end + 1).trim();
  const value = first === '' ? [] : [first];
  section.set(content.slice(0, end).trim().toLowerCase().replaceAll('-', '_'), value);
  return value;
}
