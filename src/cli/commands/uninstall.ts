import type { UndoneTree, Undoing } from '../../init/index.ts';
import type { LockView, SyncView } from '../../protocol/index.ts';
import { shownLock } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome, type Refused } from '../answer/outcome.ts';
import { line, shownPatch } from '../format/text.ts';
import { relative } from '../format/time.ts';
import { removalText, removedText, type Removal } from '../format/removal.ts';
import { whileTelling } from '../process/live-line.ts';
import type { StateLook } from '../world/world.ts';
import { stagedTexts, type StagedText } from '../world/staged-texts.ts';
import { contextFilesOf } from './context-files.ts';
import { filesIn } from './context-named.ts';
import { clientFiles, clientsWithEntry } from './client-config.ts';
import { foundHooks } from './hooks/found.ts';
import { hookFiles } from './hooks/hooks.ts';
import { withoutOurs } from './hooks/taken-out.ts';
import { applyHooks, removing } from '../git-hooks/hook-files.ts';
import { unconfirmed } from './unwritten.ts';
import { actionOf, isInteractive, withoutLastBreak } from './scope-plan.ts';
import { busyHere, nobody, type Busy } from './busy-here.ts';

export interface UninstallInput {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Takes the coordination out of a repository: what was written into its files, and all that is kept beside them. */
export async function uninstall(call: Call, input: UninstallInput): Promise<Outcome> {
  if (input.dryRun === true && input.yes === true) throw usageError('--dry-run or --yes, not both');
  const removal = await whileTelling(call, 'looking at what is here', () => removalOf(call, input));
  if (isNothing(removal))
    return done(null, { ...dataOf(removal), removed: false }, (style) => removalText(style, removal));
  const { locks, syncs } = await holders(call, removal.state, { stops: false });
  if (locks.length > 0) return stillHeld(call, locks);
  if (syncs.length > 0) return stillSynced(call, syncs);
  if (input.dryRun === true) return preview(call, removal);
  if (input.yes === true) {
    call.show(`${removalText(call.style, removal)}\n`);
    return carryOut(call, removal);
  }
  return isInteractive(call) ? ask(call, removal) : propose(call, removal);
}

async function removalOf(call: Call, { force }: UninstallInput): Promise<Removal> {
  const repository = await call.repository();
  const request = {
    repository,
    env: call.ports.env,
    force: force === true,
    clientFiles: [...clientFiles, ...hookFiles],
    takeOut: withoutOurs,
  };
  const state = await call.world.state.look(repository);
  const undoing = await call.world.scopeFiles.prepareUndo(request);
  const here = repository.worktree;
  const context = await contextFiles(call, undoing);
  const left = await stagedTexts(call.world.inspection, repository);
  const hooks = removing(await call.world.inspection.hooksHere(repository, call.ports.env));
  return { here, hooks, state, undoing: withStaged(here, withClients(here, undoing), left), context };
}

/** Entries of clients that nothing was noted about, as in a clone. */
function withClients(worktree: string | null, undoing: Undoing): Undoing {
  if (worktree === null) return undoing;
  const known = new Set(
    [...undoing.trees.flatMap(filesOf), ...undoing.staying].map(({ root, file }) => `${root}\n${file}`),
  );
  const servers = clientsWithEntry(worktree).map((file) => ({
    file,
    why: 'starts rhema mcp, and nobody knows what was there before: take the entry out by hand',
  }));
  const others = [...servers, ...foundHooks(worktree)].filter(
    ({ file }) => !known.has(`${worktree}\n${file}`),
  );
  return {
    ...undoing,
    staying: [...undoing.staying, ...others.map(({ file, why }) => ({ root: worktree, file, why }))],
  };
}

/** Of writers that hold no lock any more: with a lock nothing is removed. */
function withStaged(worktree: string | null, undoing: Undoing, left: readonly StagedText[]): Undoing {
  if (worktree === null || left.length === 0) return undoing;
  const removed = left.flatMap(({ path, text }) =>
    text === null ? [] : [{ file: path, before: text, after: null }],
  );
  const unproven = left.filter(({ text }) => text === null);
  const why = 'looks like what a killed writer has left, but is not whole: remove it by hand';
  const others = undoing.trees.filter(({ root }) => root !== worktree);
  const here = undoing.trees.find(({ root }) => root === worktree) ?? { changes: [], folders: [] };
  const tree = { ...here, root: worktree, changes: [...here.changes, ...removed] };
  return {
    ...undoing,
    trees: tree.changes.length + tree.folders.length === 0 ? others : [tree, ...others],
    staying: [...undoing.staying, ...unproven.map(({ path }) => ({ root: worktree, file: path, why }))],
  };
}

const filesOf = ({ root, changes }: UndoneTree): { root: string; file: string }[] =>
  changes.map(({ file }) => ({ root, file }));

/** Context files are people's, and stay. */
async function contextFiles(call: Call, { scopes }: Undoing): Promise<readonly string[]> {
  if (scopes.length === 0) return [];
  const files = await contextFilesOf(call, scopes);
  const paths = scopes.map(({ path }) => path);
  return filesIn(files, paths).map(({ path }) => path);
}

const isNothing = ({ hooks, state, undoing }: Removal): boolean =>
  hooks.length === 0 && state.places.length === 0 && state.refs.length === 0 && undoing.trees.length === 0;

interface Held extends Busy {
  /** Of the log at the time of the answer. */
  readonly state: StateLook;
}

/** So many looks: who asks writes what was due, and others may write as well. */
const looksMax = 5;

/** Who holds what. Without a running coordinator the log itself is asked. */
async function holders(call: Call, state: StateLook, { stops }: { readonly stops: boolean }): Promise<Held> {
  const repository = await call.clone();
  if (!state.hasLog) return { ...nobody, state };
  if (stops) await call.world.owner.stop(repository);
  for (let looks = 1; ; looks += 1) {
    const before = await call.world.state.look(repository);
    const direct = stops || (await call.world.owner.health(repository)) === null;
    const busy = await busyHere(call, direct);
    const after = await call.world.state.look(repository);
    const isBusy = busy.locks.length > 0 || busy.syncs.length > 0;
    if (!stops || isBusy || after.mark === before.mark || looks === looksMax)
      return { ...busy, state: after };
  }
}

const namedMax = 10;

function stillHeld(call: Call, locks: readonly LockView[]): Refused {
  const message = 'nothing was removed: agents hold locks here';
  const shown = locks.slice(0, namedMax).map((lock) => {
    const reason = lock.reason === null ? '' : line`: ${lock.reason}`;
    return (
      line`${lock.agent} holds ${shownLock(lock)}; its lease ends ${relative(lock.deadlineMs, call.nowMs)} unless renewed` +
      reason
    );
  });
  const more = locks.length - namedMax;
  const [first] = locks;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'LOCK_HELD',
    message,
    details: { locks },
    lines: [
      message,
      ...shown,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(first === undefined
        ? []
        : [line`have them end, or take each back: ${call.rhema('lock', 'revoke', shownLock(first))}`]),
    ],
  };
}

function stillSynced(call: Call, syncs: readonly SyncView[]): Refused {
  const message = 'nothing was removed: scopes are being synced here';
  const [first] = syncs;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'SYNC_IN_PROGRESS',
    message,
    details: { syncs },
    lines: [
      message,
      ...syncs.slice(0, namedMax).map(({ scope, agent }) => line`${agent ?? 'somebody'} syncs ${scope}`),
      ...(first === undefined
        ? []
        : [line`wait for the end, or abort each: ${call.rhema('sync', 'abort', first.scope)}`]),
    ],
  };
}

function dataOf({ hooks, state, undoing, context }: Removal): Readonly<Record<string, unknown>> {
  const changes = undoing.trees.flatMap(({ root, changes: all }) =>
    all.map((change) => ({ root, file: change.file, action: actionOf(change) })),
  );
  return {
    changes,
    hooks: hooks.map(({ path, after }) => ({ path, action: after === null ? 'remove' : 'change' })),
    state: state.places,
    refs: state.refs,
    staying: undoing.staying,
    context,
    scopeFiles: undoing.byHand,
  };
}

async function preview(call: Call, removal: Removal): Promise<Outcome> {
  const patches: string[] = [];
  for (const { root, changes } of removal.undoing.trees) {
    await call.world.scopeFiles.check(root, changes);
    // A diff is taken by Git in one working tree.
    if (root === removal.here) patches.push(await call.world.scopeFiles.patch(changes));
  }
  call.note(`${removalText(call.errorStyle, removal)}\n`);
  const patch = patches.join('');
  return done(null, { ...dataOf(removal), patch, removed: false }, () => withoutLastBreak(shownPatch(patch)));
}

async function ask(call: Call, removal: Removal): Promise<Outcome> {
  call.print(removalText(call.style, removal));
  const answer = await call.ports.questions.confirm('Remove all of this?');
  if (answer !== true) return done(null, { removed: false }, () => 'nothing was removed');
  return carryOut(call, removal);
}

/** The files first: what is known of them is kept with the state. */
async function carryOut(call: Call, removal: Removal): Promise<Outcome> {
  const repository = await call.repository();
  const { trees } = removal.undoing;
  for (const { root, changes } of trees) await call.world.scopeFiles.check(root, changes);
  const { locks, syncs, state } = await holders(call, removal.state, { stops: true });
  if (locks.length > 0) return stillHeld(call, locks);
  if (syncs.length > 0) return stillSynced(call, syncs);
  await whileTelling(call, 'putting files back', async () => {
    for (const tree of trees) await call.world.scopeFiles.undo(tree);
    applyHooks(removal.hooks);
  });
  await call.world.owner.stop(repository);
  // Outside of the repository, in the user's own folder.
  call.world.syncs.allow(call.ports.env, repository, []);
  await call.world.tokens.revokeAll(repository);
  await call.world.webhooks.removeAll(repository);
  await whileTelling(call, 'removing the state', () => call.world.state.remove(repository, state));
  return done(null, { ...dataOf(removal), removed: true }, () => removedText(removal));
}

/** Nobody can be asked: says what would be done, and how to have it done. */
function propose(call: Call, removal: Removal): Outcome {
  call.show(removalText(call.style, removal));
  return unconfirmed('nothing was removed: --yes removes it, --dry-run shows the lines', dataOf(removal));
}
