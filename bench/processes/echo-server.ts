/**
 * Answers each line on a Unix socket with a line, and decides nothing: what Node's transport takes by itself. With a log, what
 * has come in one turn of the event loop is appended and synced as one before it is answered.
 */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { answerBytes, linesIn, recordBytes } from '../engines/echo-lines.ts';
import { argument } from '../harness/children.ts';

const logFile = process.argv[3];
const log = logFile === undefined ? null : openSync(logFile, 'a');
const answer = `${'a'.repeat(answerBytes - 1)}\n`;
let asked: { readonly socket: Socket; readonly lines: number }[] = [];

createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    const lines = linesIn(chunk);
    if (asked.length === 0) setImmediate(answerAll);
    asked.push({ socket, lines });
  });
}).listen(argument(0));

function answerAll(): void {
  const turn = asked;
  asked = [];
  if (log !== null) {
    const lines = turn.reduce((sum, one) => sum + one.lines, 0);
    writeSync(log, Buffer.alloc(lines * recordBytes, 'r'));
    fdatasyncSync(log);
  }
  for (const { socket, lines } of turn) socket.write(answer.repeat(lines));
}
