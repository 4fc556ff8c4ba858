import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliFace } from './cli-face.ts';
import { ClientFace } from './client-face.ts';
import { McpConnection, type CallTool } from './mcp-connection.ts';
import { McpFace, type OpenConnection } from './mcp-face.ts';
import { obstacleToCli, obstacleToClient, obstacleToMcp, obstacleToProcesses } from './obstacles.ts';
import { InProcessShell, ProcessShell } from './shell.ts';
import type { FaceKind } from './tour.ts';

export const clientKind: FaceKind = {
  name: 'client',
  obstacleTo: obstacleToClient,
  open: (stage) => ClientFace.open(stage),
};

export const cliKind: FaceKind = {
  name: 'cli',
  obstacleTo: obstacleToCli,
  open: async (stage, route) => {
    const shell = new InProcessShell(stage);
    return new CliFace(stage, shell, shell, route.scopes);
  },
};

export const mcpKind: FaceKind = {
  name: 'mcp',
  obstacleTo: obstacleToMcp,
  open: (stage) => McpFace.open(stage),
};

/** MCP with something else between the client and its tools: it gets the right way to call one, and answers its own. */
export function mcpKindWith(between: (call: CallTool) => CallTool): FaceKind {
  const openConnection: OpenConnection = async (...options) => {
    const connection = await McpConnection.open(...options);
    connection.call = between(connection.call);
    return connection;
  };
  return { ...mcpKind, open: (stage) => McpFace.open(stage, openConnection) };
}

/**
 * The built program in `dist`, from the root of the repository: each command is a process. The state is looked at from
 * within this process, by the same program. Throws when it has not been built.
 */
export function processesKind(): FaceKind {
  const main = resolve('dist', 'cli', 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first`);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  return {
    name: 'processes',
    ownerVersion: version,
    obstacleTo: obstacleToProcesses,
    open: async (stage, route) =>
      new CliFace(stage, new ProcessShell(stage, main), new InProcessShell(stage), route.scopes),
  };
}

const faceKinds: Readonly<Record<string, () => FaceKind>> = {
  client: () => clientKind,
  cli: () => cliKind,
  mcp: () => mcpKind,
  processes: processesKind,
};

/** The interface of this name. Throws when there is none. */
export function kindOf(name: string): FaceKind {
  const kind = faceKinds[name];
  if (kind === undefined)
    throw new Error(`unknown interface ${JSON.stringify(name)}: ${Object.keys(faceKinds).join(', ')}`);
  return kind();
}
