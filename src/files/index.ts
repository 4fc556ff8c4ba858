export { isOwn, PathRefused } from './own.ts';
export {
  give,
  identityOfFolder,
  isOwnFolder,
  makeOwnFolder,
  ownFolderIn,
  tryOwnFolderIn,
} from './folders.ts';
export {
  changedAtMs,
  createFile,
  createIfMissing,
  fillFile,
  giveFile,
  makeOwn,
  moveContent,
  openToAppend,
  openToRead,
  openToUpdate,
  readOwnText,
  refuseForeign,
  refuseIfReadableByOthers,
  refuseOther,
  removeFile,
  replaceFile,
  replaceNote,
  setChangedAt,
  textOf,
} from './files.ts';
export { jsonLine, SecretFolder } from './secret-folder.ts';
export { holdPipe, isPipeHeld } from './pipes.ts';
export { isOwnSocket, pointLink, removeOwnSocket } from './sockets.ts';
