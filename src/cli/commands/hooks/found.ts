import { isPlugin, jsonHookClients, lookAt, opencodeFile } from '../../../hooks/install/index.ts';
import { line } from '../../format/text.ts';
import { agentsMdFile, hasBlock } from './agents-md.ts';
import { Draft } from './draft.ts';

/** A file that has something of ours, and how it is taken out where nobody noted what was there before. */
interface Found {
  readonly file: string;
  readonly why: string;
}

/** A file that cannot be read has nothing. */
export function foundHooks(worktree: string): readonly Found[] {
  const draft = new Draft(worktree);
  const hooks = jsonHookClients.flatMap((client) => {
    const look = lookAt(client, textOf(draft, client.file));
    return look.ok && look.isAny ? [found(client.file, client.name)] : [];
  });
  const plugin = isPlugin(textOf(draft, opencodeFile) ?? '') ? [found(opencodeFile, 'opencode')] : [];
  const words = hasBlock(textOf(draft, agentsMdFile) ?? '')
    ? [{ file: agentsMdFile, why: 'has a block between rhema:begin and rhema:end: take it out by hand' }]
    : [];
  return [...hooks, ...plugin, ...words];
}

function found(file: string, client: string): Found {
  return {
    file,
    why: line`asks rhema, and nobody noted what was there before: rhema hooks uninstall ${client}`,
  };
}

function textOf(draft: Draft, file: string): string | null {
  try {
    return draft.read(file);
  } catch {
    return null;
  }
}
