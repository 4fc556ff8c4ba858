import { parse as parseToml } from 'smol-toml';
import {
  isTable,
  jsonHookClients,
  lookAt,
  readJson,
  type JsonHookClient,
} from '../../../hooks/install/index.ts';
import { line } from '../../format/text.ts';
import type { Draft } from './draft.ts';

/** Whose files a client reads besides its own. */
const alsoReads: Readonly<Record<string, readonly string[]>> = {
  cursor: ['claude'],
  copilot: ['claude', 'vscode'],
  vscode: ['claude', 'copilot'],
};

const localFile = '.claude/settings.local.json';

/** What there is to know of hooks that are installed; a file that cannot be read says nothing here. */
export function notesOn({ name, file, title }: JsonHookClient, draft: Draft): string[] {
  const others = readBesides(name, draft);
  return [
    ...others.map(
      (other) =>
        line`${title} also runs the hooks in ${other.file}: it asks more than once about one act, and gets one answer`,
    ),
    ...switchingOff(name, file, draft).map(
      (one) => line`${one} has disableAllHooks: no hook runs until that is taken out`,
    ),
    ...(name === 'codex' && hasInlineHooks(draft)
      ? [`.codex/config.toml has hooks as well: ${title} runs both, and warns of it`]
      : []),
  ];
}

/** Clients whose hooks another one runs besides its own, and that are installed. */
export function readBesides(name: string, draft: Draft): readonly JsonHookClient[] {
  return jsonHookClients.filter(
    (other) => alsoReads[name]?.includes(other.name) === true && isAsked(other, draft),
  );
}

/** Files by which a client runs no hooks at all. */
export function switchingOff(name: string, file: string, draft: Draft): readonly string[] {
  return name === 'claude' ? [file, localFile].filter((one) => isSwitchedOff(one, draft)) : [];
}

function isAsked(client: JsonHookClient, draft: Draft): boolean {
  const look = lookAt(client, textOf(draft, client.file));
  return look.ok && look.isAny;
}

function isSwitchedOff(file: string, draft: Draft): boolean {
  const read = readJson(textOf(draft, file) ?? '');
  return read.ok && isTable(read.value) && read.value['disableAllHooks'] === true;
}

function hasInlineHooks(draft: Draft): boolean {
  try {
    return 'hooks' in parseToml(textOf(draft, '.codex/config.toml') ?? '');
  } catch {
    return false;
  }
}

function textOf(draft: Draft, file: string): string | null {
  try {
    return draft.read(file);
  } catch {
    return null;
  }
}
