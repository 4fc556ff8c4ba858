// Starts a program on its own standard input and output, says its process id, and waits to be killed.
import { spawn } from 'node:child_process';

const child = spawn(process.argv[2], process.argv.slice(3), { stdio: ['inherit', 'inherit', 'ignore'] });
process.stderr.write(`${child.pid}\n`);
setInterval(() => {}, 60_000);
