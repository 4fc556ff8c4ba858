import { goModule, goModules } from './go.ts';
import { forcedMember, oneLibrary, pnpmWorkspace, yarnWorkspace } from './javascript.ts';
import type { Model } from './model.ts';
import { ownFiles } from './own-files.ts';
import { onePythonPackage, uvWorkspace } from './python.ts';
import { cargoAndNpm, cargoWorkspace } from './rust.ts';

export const models: readonly Model[] = [
  pnpmWorkspace(),
  yarnWorkspace(),
  oneLibrary(),
  onePythonPackage(),
  uvWorkspace(),
  cargoWorkspace(),
  goModules(),
  goModule(),
  cargoAndNpm(),
  forcedMember(),
  ownFiles(),
];
