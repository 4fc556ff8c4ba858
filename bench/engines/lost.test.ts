import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { EchoConnection } from './echo.ts';
import { PostgresConnection } from './postgres-wire.ts';
import { RespConnection } from './resp.ts';

/** An engine that hangs up must end a benchmark, not leave it waiting. */

let path: string;
let server: Server;
let accepted: Promise<Socket>;

beforeEach(async () => {
  path = join(folderOfTest('rhema-engine-'), 'socket');
  server = createServer();
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(path);
  await once(server, 'listening');
});

afterEach(() => void server.close());

/** Of PostgreSQL: it is ready for the next statement. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

it('a command to Redis that is under way or sent later fails once the connection is lost', async () => {
  const connection = await RespConnection.open(path);
  const underWay = connection.send('PING');
  (await accepted).end();
  await expect(underWay).rejects.toThrow('the connection was lost');
  await expect(connection.send('PING')).rejects.toThrow('the connection was lost');
});

it('a statement of PostgreSQL that is under way or sent later fails once the connection is lost', async () => {
  const opening = PostgresConnection.open(path, 'someone');
  const socket = await accepted;
  socket.write(ready);
  const connection = await opening;
  const underWay = connection.execute('acquire');
  socket.end();
  await expect(underWay).rejects.toThrow('the connection was lost');
  await expect(connection.execute('acquire')).rejects.toThrow('the connection was lost');
});

it('a line that was to be echoed, or is sent later, fails once the connection is lost', async () => {
  const connection = await EchoConnection.open(path);
  const underWay = connection.ask();
  (await accepted).end();
  await expect(underWay).rejects.toThrow('the connection was lost');
  await expect(connection.ask()).rejects.toThrow('the connection was lost');
});
