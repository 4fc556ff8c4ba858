import type { TargetStatus } from '../commands/hooks/target.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { line } from './text.ts';

/** Who asks before an agent acts, and below what is wrong with it. */
export function hooksTable(style: Style, targets: readonly TargetStatus[]): string {
  const rows = targets.map((target) => [target.name, wordsFor(target), target.file]);
  return [table(style, ['CLIENT', 'HOOKS', 'FILE'], rows), ...targets.flatMap(remarksOn)].join('\n');
}

const wordsFor = ({ state, byTool = [] }: TargetStatus): string =>
  byTool.length === 0 ? words[state] : `${words[state]}, by rhema mcp`;

const words: Readonly<Record<TargetStatus['state'], string>> = {
  installed: 'installed',
  partly: 'installed in part',
  changed: 'installed, changed by hand',
  absent: 'none',
  unreadable: 'cannot be read',
};

function remarksOn({ name, file, missing, changed, commands, notes }: TargetStatus): string[] {
  const again = `rhema hooks install ${name}`;
  return [
    ...notes.map((note) => line`${file}: ${note}`),
    ...(missing.length === 0 ? [] : [line`${file} does not ask at ${missing.join(', ')}: ${again}`]),
    ...(changed.length === 0
      ? []
      : [line`${file} asks in another way at ${changed.join(', ')}, which install leaves as it is`]),
    ...commands.flatMap(({ command, problem }) =>
      problem === null ? [] : [line`${file} starts ${command}, which does not run as it should: ${problem}`],
    ),
  ];
}
