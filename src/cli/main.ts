#!/usr/bin/env node
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './process/compile-cache.ts';
import type * as Program from './start.ts';

const args = process.argv.slice(2);
const main = fileURLToPath(import.meta.url);
// Before anything of the program is loaded: only what comes after is kept.
const load = keepCompiled(process.env, main, args);
if (load === null) void import('./start.ts').then(({ start }) => start(args));
else void (load(join(dirname(main), 'start.js')) as typeof Program).start(args);
