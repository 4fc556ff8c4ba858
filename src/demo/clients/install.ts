import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownFolderIn } from '../../files/index.ts';

/** A client that is fetched from the npm registry; nothing of it is part of this package. */
export interface ClientPackage {
  readonly name: string;
  readonly version: string;
  /** The native program below the folder of installed packages; `*` stands for one folder. */
  readonly program: readonly string[];
}

const installTimeoutMs = 10 * 60_000;

/**
 * Where the clients are kept between runs: some 600 MB. What lies there is run, so it is a folder of this user's that nobody
 * else can write to, or none. By number: in a container a user may have no name, and then the system tells nothing of it.
 */
function cacheFolder(): string {
  const name = `rhema-clients-${process.getuid?.() ?? 0}`;
  const folder = ownFolderIn(tmpdir(), name);
  if (folder !== null) return folder;
  throw new Error(
    `${join(tmpdir(), name)} is not a folder of yours alone, and programs in it are not run: set TMPDIR to a folder of your own`,
  );
}

/** The program of a client, fetched when it is not there yet. Throws with the reason when it cannot be had. */
export async function installed(client: ClientPackage, tell: (text: string) => void): Promise<string> {
  const found = fetched(client);
  if (found !== null) return found;
  const folder = folderOf(client);
  tell(`fetching ${client.name}@${client.version} (about 300 MB, kept in ${folder})`);
  await fetchInto(folder, client);
  const program = programIn(folder, client);
  if (program === null)
    throw new Error(`${client.name} has no program for ${process.platform}-${process.arch}`);
  return program;
}

/** The program of a client that was fetched before; null: none was. */
export const fetched = (client: ClientPackage): string | null => programIn(folderOf(client), client);

const folderOf = ({ name, version }: ClientPackage): string =>
  join(cacheFolder(), `${name.replace('/', '+')}@${version}`);

/** The package's own scripts are not run: what they would do is to put the program in another place. */
async function fetchInto(folder: string, { name, version }: ClientPackage): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--save-exact',
    `${name}@${version}`,
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, timeout: installTimeoutMs });
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new Error(`npm could not fetch ${name}@${version}: ${said ?? String(error)}`, { cause: error });
  }
}

function programIn(folder: string, client: ClientPackage): string | null {
  let paths = [join(folder, 'node_modules')];
  for (const part of client.program)
    paths = paths.flatMap((path) => (part === '*' ? childrenOf(path) : [join(path, part)]));
  return paths.find((path) => existsSync(path)) ?? null;
}

function childrenOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
