import type { RolldownPlugin } from 'rolldown';

/** Modules of Node that take longer to load than most commands need them for. */
const heavy = [
  'node:crypto',
  'node:child_process',
  'node:fs/promises',
  'node:timers/promises',
  'node:util',
  'node:zlib',
];

/** It starts programs for subcommands, of which we have none. */
const commanders = /const childProcess = require\(('node:child_process')\);/;

/** Loads these when something of them is first used, not when the file that asks for them is. */
export const lateBuiltins: RolldownPlugin = {
  name: 'late-builtins',
  transform(code, id) {
    if (!id.endsWith('/commander/lib/command.js')) return null;
    const late = code.replace(
      commanders,
      'const childProcess = { spawn: (...words) => require($1).spawn(...words) };',
    );
    if (late === code) this.error('commander asks for child_process in another way: say how');
    return late;
  },
  renderChunk(code) {
    let late = code;
    for (const [declared, name, id] of code.matchAll(/^let (node_\w+) = require\("([\w:/]+)"\);$/gm)) {
      if (name === undefined || id === undefined || !heavy.includes(id)) continue;
      // What an import of everything makes of it is no plain property: then it stays.
      const uses = [...code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length - 1;
      const plain = [...code.matchAll(new RegExp(`\\b${name}\\.\\w`, 'g'))].length;
      if (uses !== plain) continue;
      late = late
        // Without these parentheses it is the loading function that is constructed.
        .replaceAll(new RegExp(`\\bnew ${name}\\.(\\w+)`, 'g'), `new (${name}().$1)`)
        .replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `${name}().`)
        .replace(
          declared,
          `let ${name}$; const ${name} = () => (${name}$ ??= require("${id}"));`.replaceAll('$', '$$$$'),
        );
    }
    return late;
  },
};
