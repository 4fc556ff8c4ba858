import type { FileChange } from './files/file-change.ts';
import type { BlockSetting } from './files/settings.ts';
import type { InitRequest, Prepared } from './prepare.ts';
import type { MigrateRequest, Migration } from './migrate.ts';
import type { Origin, Place, Words } from './undo/apply-noted.ts';
import type { TakeOut } from './undo/ours.ts';
import type { UndoneTree, Undoing, UndoRequest } from './undo/undo.ts';
import type { PreparedSettings, SettingsRequest } from './prepare-settings.ts';

export type { LeftOut } from './graph/cycles.ts';
export { initErrorCodes } from './errors.ts';
export type { FileChange } from './files/file-change.ts';
export type { Ends, Link } from './graph/links.ts';
export type { Excess } from './graph/excess.ts';
export type { Plan, PlannedScope } from './plan.ts';
export { layouts, type Layout } from './layout.ts';
export type { Choices, LeftAside } from './situation.ts';
export { stages, type Stage } from './stage.ts';
export type { InitRequest, Prepared } from './prepare.ts';
export type { MigrateRequest, Migration } from './migrate.ts';
export type { Origin, Place, Words } from './undo/apply-noted.ts';
export type { TakeOut } from './undo/ours.ts';
export type { StayingFile, UndoneTree, Undoing, UndoRequest } from './undo/undo.ts';
export type { BlockSetting } from './files/settings.ts';
export type { PreparedSettings, SettingsRequest } from './prepare-settings.ts';

/** See `prepare.ts`. The parsers of all ecosystems are loaded on first use only. */
export async function prepareInit(request: InitRequest): Promise<Prepared> {
  return (await import('./prepare.ts')).prepareInit(request);
}

/** See `prepare.ts`. */
export async function prepareRefresh(
  request: Pick<InitRequest, 'repository' | 'env'>,
): Promise<Prepared | null> {
  return (await import('./prepare.ts')).prepareRefresh(request);
}

/** See `migrate.ts`. */
export async function prepareMigration(request: MigrateRequest): Promise<Migration | null> {
  return (await import('./migrate.ts')).prepareMigration(request);
}

/** See `list-tree.ts`. */
export async function ignoredFiles(root: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  return (await import('./tree/list-tree.ts')).ignoredFiles(root, files);
}

/** See `apply.ts`. */
export async function applyChanges(root: string, changes: readonly FileChange[]): Promise<void> {
  (await import('./files/apply.ts')).applyChanges(root, changes);
}

/** See `undo/apply-noted.ts`. */
export async function applyNoted(
  place: Place,
  changes: readonly FileChange[],
  takeOut: TakeOut,
): Promise<string | null> {
  return (await import('./undo/apply-noted.ts')).applyNoted(place, changes, takeOut);
}

/** See `undo/apply-noted.ts`. */
export async function originNoted(place: Place, file: string, now: string): Promise<Origin | null> {
  return (await import('./undo/apply-noted.ts')).originNoted(place, file, now);
}

/** See `undo/apply-noted.ts`. */
export async function takenOut(
  place: Place,
  file: string,
  now: string | null,
  words: Words,
): Promise<boolean> {
  return (await import('./undo/apply-noted.ts')).isTakenOut(place, file, now, words);
}

/** See `undo/written-file.ts`. */
export async function whyNotesUnreadable(commonDir: string): Promise<string | null> {
  return (await import('./undo/written-file.ts')).whyUnreadable(commonDir);
}

/** See `undo/undo.ts`. */
export async function prepareUndo(request: UndoRequest): Promise<Undoing> {
  return (await import('./undo/undo.ts')).prepareUndo(request);
}

/** See `undo/undo.ts`. */
export async function applyUndo(tree: UndoneTree): Promise<void> {
  (await import('./undo/undo.ts')).applyUndo(tree);
}

/** See `apply.ts`. */
export async function checkChanges(root: string, changes: readonly FileChange[]): Promise<void> {
  (await import('./files/apply.ts')).checkChanges(root, changes);
}

/** See `patch.ts`. */
export async function patchOf(changes: readonly FileChange[]): Promise<string> {
  return (await import('./files/patch.ts')).patchOf(changes);
}

/** See `prepare-settings.ts`. */
export async function prepareSettings(request: SettingsRequest): Promise<PreparedSettings> {
  return (await import('./prepare-settings.ts')).prepareSettings(request);
}

/** See `files/settings.ts`. */
export async function settingLines(settings: readonly BlockSetting[]): Promise<string[]> {
  return (await import('./files/settings.ts')).settingLines(settings);
}

/** See `free-files.ts`. */
export async function freeAmong(files: readonly string[], free: readonly string[]): Promise<string[]> {
  return (await import('./free-files.ts')).freeAmong(files, free);
}
